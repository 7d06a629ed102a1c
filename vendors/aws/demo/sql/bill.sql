-- The month's bill in the columns of CUR 2.0, wide and typed, before any dialect spells it.
-- Tag and cost category keys are still as the user activated them.

CREATE OR REPLACE VIEW line AS
SELECT u.line_type, 'Anniversary' AS bill_type, r.account, r.workload, r.product_code, r.sku, r.region,
    r.availability_zone, u.resource, concat(u.line_type, '/', u.part) AS charge, u.commitment, u.start_at,
    u.end_at, u.quantity, u.rate, u.cost, u.saving, u.effective_cost, u.recurring_cost, u.upfront_cost,
    r.resource_id, r.tags, r.tags_2
FROM usage AS u JOIN resource AS r USING (resource)
UNION ALL BY NAME
SELECT c.*, map(list_transform(w.tag_list, lambda t: t.k), list_transform(w.tag_list, lambda t: t.v)) AS tags,
    map(list_transform(w.tag_list, lambda t: t.k2), list_transform(w.tag_list, lambda t: t.v)) AS tags_2
FROM charge AS c
LEFT JOIN workload AS w USING (workload);

-- AWS numbers an invoice when the month is closed, one for each issuer and kind of bill.
CREATE OR REPLACE TABLE invoice AS
SELECT a.account, e.billing_entity, t.bill_type,
    CASE WHEN m.open THEN '' ELSE CAST(1000000000 + md5_number_lower(concat_ws('/', a.payer_id,
        e.billing_entity, a.invoicing_entity, t.bill_type, m.period_start)) % 1000000000 AS VARCHAR) END
        AS invoice_id
FROM account AS a
CROSS JOIN (SELECT DISTINCT billing_entity FROM entity_plan) AS e
CROSS JOIN (SELECT unnest(['Anniversary', 'Purchase', 'Refund']) AS bill_type) AS t
CROSS JOIN month AS m;

CREATE OR REPLACE VIEW bill AS
WITH

joined AS (
    SELECT l.*, a.account_id, a.account_name, a.payer_id, a.payer_name, a.currency, a.invoicing_entity,
        p.product_name, p.billing_entity, p.service_category, p.service_subcategory,
        coalesce(p.legal_entity, a.invoicing_entity) AS legal_entity,
        w.cost_category,
        m.period_start, m.period_end, i.invoice_id,
        s.family, s.unit, s.description AS sku_description, s.instance_type, s.instance_family, s.norm AS norm_factor,
        s.sku_code, s.rate_code, s.rate_id, s.public_rate, s.spot, g.location,
        coalesce(s.product, MAP {'product_name': p.product_name, 'servicename': p.product_name}) AS product,
        coalesce(l.usage_type, CASE WHEN l.line_type IN ('RIFee', 'Fee')
            THEN concat(s.prefix, 'HeavyUsage:', s.instance_type) ELSE s.usage_type END, '') AS full_usage_type,
        coalesce(l.operation, s.operation, '') AS full_operation,
        c.kind AS commitment_kind, c.arn AS commitment_arn, c.offering, c.payment, c.years,
        c.start_at AS commitment_start, c.end_at AS commitment_end, c.family AS plan_family,
        c.region AS commitment_region, c.instances, c.discount, c.digest AS commitment_digest,
        c.unit_norm,
        CAST(round(l.rate * (1 - c.discount), 6) AS DECIMAL(18, 10)) AS plan_rate,
        l.line_type IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage') AS is_usage,
        p.edp + p.private_rate AS rebate,
        md5(concat_ws('/', l.charge, l.resource, l.account, l.workload, l.product_code, l.sku, l.commitment,
            l.availability_zone, l.start_at, m.version)) AS line_id
    FROM line AS l
    JOIN account AS a USING (account)
    JOIN product AS p ON p.product_code = l.product_code
    CROSS JOIN month AS m
    LEFT JOIN workload AS w ON w.workload = l.workload
    LEFT JOIN price AS s ON s.sku = l.sku AND s.region = l.region
    LEFT JOIN region_plan AS g ON g.region = l.region
    LEFT JOIN commitment AS c ON c.commitment = l.commitment
    JOIN invoice AS i ON i.account = l.account AND i.billing_entity = p.billing_entity
        AND i.bill_type = l.bill_type
)

SELECT
    j.bill_type AS bill_bill_type,
    j.billing_entity AS bill_billing_entity,
    j.period_end AS bill_billing_period_end_date,
    j.period_start AS bill_billing_period_start_date,
    j.invoice_id AS bill_invoice_id,
    j.invoicing_entity AS bill_invoicing_entity,
    j.payer_id AS bill_payer_account_id,
    j.payer_name AS bill_payer_account_name,
    coalesce(j.cost_category, MAP {}) AS cost_category,
    j.line_id AS identity_line_item_id,
    concat(strftime(j.start_at, '%Y-%m-%dT%H:%M:%SZ'), '/', strftime(j.end_at, '%Y-%m-%dT%H:%M:%SZ'))
        AS identity_time_interval,
    nullif(j.availability_zone, '') AS line_item_availability_zone,
    j.cost AS line_item_blended_cost,
    CAST(j.rate AS VARCHAR) AS line_item_blended_rate,
    j.currency AS line_item_currency_code,
    j.legal_entity AS line_item_legal_entity,
    CASE WHEN j.description IS NOT NULL THEN j.description
        WHEN j.line_type = 'DiscountedUsage'
            THEN concat(j.product_name, ', ', j.instance_type, ' reserved instance applied')
        ELSE replace(replace(replace(j.sku_description, '{rate}', rtrim(rtrim(CAST(j.rate AS VARCHAR), '0'), '.')),
            '{location}', coalesce(j.location, '')), '{region}', j.region) END AS line_item_line_item_description,
    j.line_type AS line_item_line_item_type,
    CAST(j.cost + j.saving AS DECIMAL(20, 10)) AS line_item_net_unblended_cost,
    CASE WHEN j.is_usage THEN CAST(CAST(j.rate * (1 - j.rebate) AS DECIMAL(18, 10)) AS VARCHAR) END
        AS line_item_net_unblended_rate,
    CASE WHEN j.is_usage OR j.line_type = 'RIFee' THEN j.norm_factor END AS line_item_normalization_factor,
    CASE WHEN j.is_usage OR j.line_type = 'RIFee' THEN CAST(j.quantity * CAST(j.norm_factor AS DECIMAL(6, 2))
        AS DECIMAL(20, 8)) END AS line_item_normalized_usage_amount,
    j.full_operation AS line_item_operation,
    j.product_code AS line_item_product_code,
    nullif(j.resource_id, '') AS line_item_resource_id,
    j.tax_type AS line_item_tax_type,
    j.cost AS line_item_unblended_cost,
    CASE WHEN j.line_type = 'DiscountedUsage' THEN '0.0000000000' ELSE CAST(j.rate AS VARCHAR) END
        AS line_item_unblended_rate,
    j.account_id AS line_item_usage_account_id,
    j.account_name AS line_item_usage_account_name,
    j.quantity AS line_item_usage_amount,
    j.end_at AS line_item_usage_end_date,
    j.start_at AS line_item_usage_start_date,
    j.full_usage_type AS line_item_usage_type,
    j.currency AS pricing_currency,
    CASE WHEN j.commitment_kind = 'RI' THEN concat(j.years, 'yr') END AS pricing_lease_contract_length,
    CASE WHEN j.commitment_kind = 'RI' THEN 'standard' END AS pricing_offering_class,
    CASE WHEN j.is_usage THEN CAST(round(j.quantity * j.public_rate, 8) AS DECIMAL(18, 8)) END
        AS pricing_public_on_demand_cost,
    CASE WHEN j.is_usage THEN CAST(j.public_rate AS VARCHAR) END AS pricing_public_on_demand_rate,
    CASE WHEN j.commitment_kind = 'RI' THEN j.payment END AS pricing_purchase_option,
    j.rate_code AS pricing_rate_code,
    j.rate_id AS pricing_rate_id,
    CASE WHEN j.commitment_kind = 'RI' THEN 'Reserved' WHEN j.spot THEN 'Spot' WHEN j.is_usage THEN 'OnDemand'
        END AS pricing_term,
    CASE WHEN j.line_type IN ('Fee', 'RIFee') THEN 'Quantity' ELSE j.unit END AS pricing_unit,
    j.product,
    j.location AS product_location,
    CASE WHEN j.location IS NOT NULL THEN 'AWS Region' END AS product_location_type,
    j.unit AS product_pricing_unit,
    j.family AS product_product_family,
    CASE WHEN j.region NOT IN ('global', 'Any') THEN j.region END AS product_region_code,
    j.product_code AS product_servicecode,
    j.sku_code AS product_sku,
    nullif(j.full_usage_type, '') AS product_usagetype,
    j.instance_type AS product_instance_type,
    nullif(j.instance_family, '') AS product_instance_family,
    nullif(j.full_operation, '') AS product_operation,
    j.upfront_cost AS reservation_amortized_upfront_cost_for_usage,
    j.period_upfront AS reservation_amortized_upfront_fee_for_billing_period,
    CASE WHEN j.line_type = 'DiscountedUsage' THEN j.effective_cost END AS reservation_effective_cost,
    CASE WHEN j.commitment_kind = 'RI' THEN strftime(j.commitment_end, '%Y-%m-%dT%H:%M:%S.000Z') END
        AS reservation_end_time,
    CASE WHEN j.commitment_kind = 'RI' THEN 'Original' END AS reservation_modification_status,
    CASE WHEN j.commitment_kind = 'RI' AND NOT j.is_usage THEN CAST(j.unit_norm AS VARCHAR) END
        AS reservation_normalized_units_per_reservation,
    CASE WHEN j.commitment_kind = 'RI' AND NOT j.is_usage THEN CAST(j.instances AS VARCHAR) END
        AS reservation_number_of_reservations,
    j.recurring_cost AS reservation_recurring_fee_for_usage,
    CASE WHEN j.commitment_kind = 'RI' THEN j.commitment_arn END AS reservation_reservation_a_r_n,
    CASE WHEN j.commitment_kind = 'RI' THEN strftime(j.commitment_start, '%Y-%m-%dT%H:%M:%S.000Z') END
        AS reservation_start_time,
    CASE WHEN j.commitment_kind = 'RI' THEN CAST(1000000000 + md5_number_lower(j.commitment_digest) % 1000000000
        AS VARCHAR) END AS reservation_subscription_id,
    CAST(CAST(j.reserved_hours * j.unit_norm AS DECIMAL(18, 2)) AS VARCHAR)
        AS reservation_total_reserved_normalized_units,
    CAST(CAST(j.reserved_hours AS DECIMAL(18, 2)) AS VARCHAR) AS reservation_total_reserved_units,
    CASE WHEN j.commitment_kind = 'RI' AND NOT j.is_usage THEN '1' END AS reservation_units_per_reservation,
    j.unused_upfront AS reservation_unused_amortized_upfront_fee_for_billing_period,
    j.unused_norm_quantity AS reservation_unused_normalized_unit_quantity,
    j.unused_quantity AS reservation_unused_quantity,
    j.unused_recurring AS reservation_unused_recurring_fee,
    CASE WHEN j.commitment_kind = 'RI' THEN j.upfront_value END AS reservation_upfront_value,
    coalesce(j.tags, MAP {}) AS tags,
    coalesce(j.tags_2, MAP {}) AS tags_2,
    j.plan_upfront AS savings_plan_amortized_upfront_commitment_for_billing_period,
    CASE WHEN j.commitment_kind = 'SP' THEN strftime(j.commitment_end, '%Y-%m-%dT%H:%M:%S.000Z') END
        AS savings_plan_end_time,
    CASE WHEN j.commitment_kind = 'SP' THEN j.plan_family END AS savings_plan_instance_type_family,
    CASE WHEN j.commitment_kind = 'SP' THEN j.offering END AS savings_plan_offering_type,
    CASE WHEN j.commitment_kind = 'SP' THEN j.payment END AS savings_plan_payment_option,
    CASE WHEN j.commitment_kind = 'SP' THEN concat(j.years, 'yr') END AS savings_plan_purchase_term,
    j.plan_recurring AS savings_plan_recurring_commitment_for_billing_period,
    CASE WHEN j.commitment_kind = 'SP' THEN j.commitment_region END AS savings_plan_region,
    CASE WHEN j.commitment_kind = 'SP' THEN j.commitment_arn END AS savings_plan_savings_plan_a_r_n,
    CASE WHEN j.line_type = 'SavingsPlanCoveredUsage' THEN j.effective_cost END
        AS savings_plan_savings_plan_effective_cost,
    CASE WHEN j.line_type = 'SavingsPlanCoveredUsage' THEN CAST(j.plan_rate AS VARCHAR) END
        AS savings_plan_savings_plan_rate,
    CASE WHEN j.commitment_kind = 'SP' THEN strftime(j.commitment_start, '%Y-%m-%dT%H:%M:%S.000Z') END
        AS savings_plan_start_time,
    j.plan_total AS savings_plan_total_commitment_to_date,
    j.plan_used AS savings_plan_used_commitment,
    md5_number_lower(j.line_id) % 997 AS file_number,
    j.saving, j.rebate, j.service_category, j.service_subcategory, j.product_name,
    j.spot, j.is_usage, j.commitment_kind, j.commitment_arn
FROM joined AS j;
