-- The same bill in AWS's own FOCUS tables. Covered usage is not billed, negations are gone, and what a
-- commitment left unused has a row of its own.

CREATE OR REPLACE VIEW focus AS
WITH

based AS (
    SELECT b.*,
        -- negotiated prices: inside every cost, or on rows of their own
        CASE WHEN plan.net AND b.saving IS NOT NULL THEN b.line_item_net_unblended_cost
            ELSE b.line_item_unblended_cost END AS billed,
        CASE WHEN plan.net AND b.saving IS NOT NULL THEN 1 - b.rebate ELSE 1 END AS payable,
        b.line_item_line_item_type AS line_type,
        b.commitment_arn IS NOT NULL AND NOT b.is_usage AS purchase
    FROM bill AS b CROSS JOIN plan
    WHERE b.line_item_line_item_type <> 'SavingsPlanNegation'
        AND NOT (plan.net AND b.saving IS NOT NULL
            AND b.line_item_line_item_type IN ('EdpDiscount', 'PrivateRateDiscount'))
),

split AS (
    SELECT *, false AS unused FROM based
    UNION ALL BY NAME
    SELECT *, true AS unused FROM based
    WHERE (line_type = 'RIFee' AND reservation_unused_quantity > 0)
        OR (line_type = 'SavingsPlanRecurringFee'
            AND savings_plan_total_commitment_to_date > savings_plan_used_commitment)
),

costed AS (
    SELECT s.*,
        CASE WHEN s.unused OR s.line_type = 'SavingsPlanCoveredUsage' THEN 0 ELSE s.billed END AS billed_cost,
        CASE
            WHEN s.unused THEN s.payable * CASE s.line_type
                WHEN 'RIFee' THEN s.reservation_unused_amortized_upfront_fee_for_billing_period
                    + s.reservation_unused_recurring_fee
                ELSE s.savings_plan_total_commitment_to_date - s.savings_plan_used_commitment END
            WHEN s.purchase THEN 0
            WHEN s.line_type = 'DiscountedUsage' THEN s.payable * s.reservation_effective_cost
            WHEN s.line_type = 'SavingsPlanCoveredUsage' THEN s.payable * s.savings_plan_savings_plan_effective_cost
            ELSE s.billed END AS effective_cost,
        CASE WHEN s.is_usage THEN CAST(s.pricing_public_on_demand_rate AS DECIMAL(20, 10)) END AS list_price,
        CASE WHEN s.is_usage THEN s.payable * CAST(s.line_item_blended_rate AS DECIMAL(20, 10)) END
            AS contracted_price,
        CASE
            WHEN s.unused OR s.is_usage THEN 'Usage'
            WHEN s.purchase OR s.line_type = 'Fee' THEN 'Purchase'
            WHEN s.line_type IN ('Tax', 'Credit') THEN s.line_type
            ELSE 'Usage' END AS charge_category,
        -- AWS knows no public price for software of third parties: a documented gap
        s.bill_billing_entity = 'AWS' AS priced
    FROM split AS s
)

SELECT
    c.line_item_availability_zone AS "AvailabilityZone",
    c.billed_cost AS "BilledCost",
    c.bill_payer_account_id AS "BillingAccountId",
    c.bill_payer_account_name AS "BillingAccountName",
    'Management Account' AS "BillingAccountType",
    c.line_item_currency_code AS "BillingCurrency",
    c.bill_billing_period_end_date AS "BillingPeriodEnd",
    c.bill_billing_period_start_date AS "BillingPeriodStart",
    c.charge_category AS "ChargeCategory",
    CASE WHEN c.line_type = 'Refund' AND c.line_item_usage_start_date < c.bill_billing_period_start_date
        THEN 'Correction' END AS "ChargeClass",
    c.line_item_line_item_description AS "ChargeDescription",
    CASE WHEN c.charge_category = 'Usage' THEN 'Usage-Based'
        WHEN c.line_type IN ('RIFee', 'SavingsPlanRecurringFee') THEN 'Recurring'
        ELSE 'One-Time' END AS "ChargeFrequency",
    c.line_item_usage_end_date
        + CASE second(c.line_item_usage_end_date) WHEN 59 THEN INTERVAL 1 SECOND ELSE INTERVAL 0 SECOND END
        AS "ChargePeriodEnd",
    c.line_item_usage_start_date AS "ChargePeriodStart",
    CASE c.commitment_kind WHEN 'SP' THEN 'Spend' WHEN 'RI' THEN 'Usage' END AS "CommitmentDiscountCategory",
    c.commitment_arn AS "CommitmentDiscountId",
    CASE
        WHEN c.commitment_arn IS NULL THEN NULL
        WHEN c.line_type = 'SavingsPlanCoveredUsage' THEN c.savings_plan_savings_plan_effective_cost
        WHEN c.unused AND c.commitment_kind = 'SP'
            THEN c.savings_plan_total_commitment_to_date - c.savings_plan_used_commitment
        WHEN c.unused THEN c.reservation_unused_quantity
        WHEN c.line_type = 'SavingsPlanRecurringFee' THEN c.savings_plan_total_commitment_to_date
        ELSE c.line_item_usage_amount END AS "CommitmentDiscountQuantity",
    CASE WHEN c.unused THEN 'Unused' WHEN c.commitment_arn IS NOT NULL AND c.is_usage THEN 'Used' END
        AS "CommitmentDiscountStatus",
    CASE c.commitment_kind WHEN 'SP' THEN c.savings_plan_offering_type WHEN 'RI' THEN 'Reserved Instance' END
        AS "CommitmentDiscountType",
    CASE c.commitment_kind WHEN 'SP' THEN c.line_item_currency_code WHEN 'RI' THEN 'Hours' END
        AS "CommitmentDiscountUnit",
    CASE WHEN c.is_usage THEN c.line_item_usage_amount END AS "ConsumedQuantity",
    CASE WHEN c.is_usage THEN c.pricing_unit END AS "ConsumedUnit",
    CASE WHEN c.unused THEN 0 WHEN c.is_usage THEN round(c.line_item_usage_amount * c.contracted_price, 10)
        ELSE c.billed_cost END AS "ContractedCost",
    CASE WHEN c.priced THEN c.contracted_price END AS "ContractedUnitPrice",
    c.effective_cost AS "EffectiveCost",
    nullif(c.bill_invoice_id, '') AS "InvoiceId",
    CASE WHEN c.line_type <> 'Credit' THEN c.bill_invoicing_entity END AS "InvoiceIssuerName",
    CASE WHEN c.unused THEN 0 WHEN c.is_usage THEN round(c.line_item_usage_amount * c.list_price, 10)
        ELSE c.billed_cost END AS "ListCost",
    CASE WHEN c.priced THEN c.list_price END AS "ListUnitPrice",
    CASE
        WHEN c.line_type = 'Tax' THEN NULL
        WHEN c.unused OR (c.commitment_arn IS NOT NULL AND c.is_usage) THEN 'Committed'
        WHEN c.spot THEN 'Dynamic' ELSE 'Standard' END AS "PricingCategory",
    c.pricing_currency AS "PricingCurrency",
    CASE WHEN c.priced THEN c.contracted_price END AS "PricingCurrencyContractedUnitPrice",
    c.effective_cost AS "PricingCurrencyEffectiveCost",
    CASE WHEN c.priced THEN c.list_price END AS "PricingCurrencyListUnitPrice",
    CASE WHEN c.line_type = 'Tax' THEN NULL
        WHEN c.unused AND c.commitment_kind = 'RI' THEN c.reservation_unused_quantity
        ELSE c.line_item_usage_amount END AS "PricingQuantity",
    CASE WHEN c.priced AND c.line_type <> 'Tax' THEN c.pricing_unit END AS "PricingUnit",
    'AWS' AS "ProviderName",
    CASE WHEN c.line_type NOT IN ('Tax', 'Credit') THEN c.line_item_legal_entity END AS "PublisherName",
    c.product_region_code AS "RegionId",
    CASE WHEN c.product_region_code IS NOT NULL THEN c.product_location END AS "RegionName",
    c.line_item_resource_id AS "ResourceId",
    CASE WHEN c.line_item_resource_id IS NOT NULL THEN c.tags['user:Name'] END AS "ResourceName",
    CASE
        WHEN c.line_item_resource_id IS NULL THEN NULL
        WHEN starts_with(c.line_item_resource_id, 'arn:')
            THEN coalesce(nullif(regexp_extract(c.line_item_resource_id, '^arn:[^:]*:[^:]*:[^:]*:[^:]*:([a-zA-Z-]+)[:/]', 1), ''),
                regexp_extract(c.line_item_resource_id, '^arn:[^:]*:([^:]*):', 1))
        WHEN starts_with(c.line_item_resource_id, 'i-') THEN 'instance'
        WHEN starts_with(c.line_item_resource_id, 'vol-') THEN 'volume'
        ELSE 'bucket' END AS "ResourceType",
    c.service_category AS "ServiceCategory",
    c.product_name AS "ServiceName",
    c.service_subcategory AS "ServiceSubcategory",
    CASE WHEN c.line_type <> 'Tax' THEN c.product_sku END AS "SkuId",
    nullif(c.line_item_usage_type, '') AS "SkuMeter",
    CASE WHEN c.product_sku IS NOT NULL THEN map(list_transform(map_keys(c.product), lambda k: 'x_' || k),
        map_values(c.product)) ELSE MAP {} END AS "SkuPriceDetails",
    CASE WHEN c.line_type <> 'Tax' THEN c.pricing_rate_code END AS "SkuPriceId",
    c.line_item_usage_account_id AS "SubAccountId",
    c.line_item_usage_account_name AS "SubAccountName",
    'Member Account' AS "SubAccountType",
    map(list_transform(map_keys(c.tags), lambda k: regexp_replace(k, '^user:', '')), map_values(c.tags)) AS "Tags",
    c.cost_category AS "x_CostCategories",
    CASE WHEN c.payable < 1 AND c.saving < 0 THEN MAP {'EdpDiscount': CAST(c.saving AS DOUBLE)} ELSE MAP {} END
        AS "x_Discounts",
    nullif(c.line_item_operation, '') AS "x_Operation",
    c.line_item_product_code AS "x_ServiceCode",
    nullif(c.line_item_usage_type, '') AS "x_UsageType",
    c.file_number
FROM costed AS c;
