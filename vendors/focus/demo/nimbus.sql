-- Nimbus Data, an invented data warehouse. Compute is priced in credits an hour; a commitment of
-- 390 credits a day, bought each month at 2.40 USD, covers most of it, the rest costs 2.70 USD, and
-- the list price is 3.00 USD a credit. Storage and AI functions are billed in credits, support in
-- USD. Variables: first_month, last_month, restated_month, clusters, is_restated.

CREATE TABLE months AS
SELECT CAST(m AS DATE) AS month, CAST(m + INTERVAL 1 MONTH AS DATE) AS month_end,
    datediff('month', getvariable('first_month'), CAST(m AS DATE)) AS number
FROM generate_series(getvariable('first_month'), getvariable('last_month'), INTERVAL 1 MONTH) AS t (m);

CREATE TABLE days AS
SELECT months.*, CAST(d AS DATE) AS day, dayofweek(d) IN (0, 6) AS is_weekend
FROM months, LATERAL generate_series(month, month_end - INTERVAL 1 DAY, INTERVAL 1 DAY) AS t (d);

-- size: credits an hour; hours: of a weekday.
CREATE TABLE warehouses AS
SELECT * FROM (VALUES
    ('ANALYTICS_WH', 'Analytics', 'analytics', 'prod', 'M', 4, 26.0),
    ('ELT_WH', 'Data Platform', 'data-platform', 'prod', 'L', 8, 18.5),
    ('FINANCE_WH', 'Finance', 'finance', 'prod', 'S', 2, 14.0),
    ('SCIENCE_WH', 'Data Science', 'data-science', 'prod', 'L', 8, 7.0),
    ('DEV_WH', 'Data Platform', 'data-platform', 'dev', 'S', 2, 12.0),
    ('SUPPORT_WH', 'Support', NULL, 'prod', 'XS', 1, 15.0)
) AS t (warehouse, account, team, env, size, credits_an_hour, hours);

CREATE TABLE compute AS
SELECT *, hours_used * credits_an_hour AS credits
FROM (
    SELECT days.*, warehouses.* EXCLUDE (hours), cluster,
        CAST(
            hours * (CASE WHEN is_weekend AND env = 'dev' THEN 0.1 WHEN is_weekend THEN 0.62
                ELSE 1.03 END)
            * (1 + 0.012 * number)
            * (0.9 + (hash(warehouse, cluster, day) % 2000) / 10000.0)
            / getvariable('clusters') AS DECIMAL(12, 4)
        ) AS hours_used
    FROM days, warehouses, LATERAL generate_series(1, getvariable('clusters')) AS t (cluster)
);

-- What the day's commitment covers of each warehouse, in hours; the rest is on demand.
CREATE TABLE split AS
SELECT *, hours_used - covered AS uncovered
FROM (
    SELECT *, CAST(
            floor(hours_used * least(1, 390 / sum(credits) OVER (PARTITION BY day)) * 1000) / 1000
            AS DECIMAL(12, 4)) AS covered
    FROM compute
);

CREATE TABLE charges AS
-- Usage that the commitment covers, and usage beyond it.
SELECT month, day, 'Usage' AS category, 'Usage-Based' AS frequency,
    CASE WHEN part = 'covered' THEN 'Committed' ELSE 'Standard' END AS pricing,
    account, team, env, warehouse || '.' || cluster AS resource, warehouse AS resource_name,
    'Warehouse' AS resource_type, 'Nimbus Warehouse' AS service, 'Databases' AS service_category,
    'Data Warehouses' AS subcategory, 'WH-' || size AS sku, 'Warehouse size ' || size AS meter,
    'Warehouse ' || size || ', by the hour' AS description, 'Hours' AS unit,
    CASE WHEN part = 'covered' THEN covered ELSE uncovered END AS quantity,
    credits_an_hour AS credits_a_unit,
    CASE WHEN part = 'covered' THEN 'Used' END AS status
FROM split, (VALUES ('covered'), ('uncovered')) AS parts (part)
WHERE CASE WHEN part = 'covered' THEN covered ELSE uncovered END > 0
UNION ALL BY NAME
-- What idled of the commitment.
SELECT month, day, 'Usage' AS category, 'Usage-Based' AS frequency, 'Committed' AS pricing,
    NULL AS account, NULL AS team, NULL AS env, NULL AS resource, NULL AS resource_name,
    NULL AS resource_type, 'Nimbus Warehouse' AS service, 'Databases' AS service_category,
    'Data Warehouses' AS subcategory, 'COMMIT' AS sku, 'Committed credits' AS meter,
    'Committed credits that were not used' AS description, 'Credits' AS unit,
    390 - sum(covered * credits_an_hour) AS quantity, 1 AS credits_a_unit, 'Unused' AS status
FROM split GROUP BY month, day HAVING quantity > 0
UNION ALL BY NAME
SELECT month, day, 'Usage' AS category, 'Usage-Based' AS frequency, 'Standard' AS pricing,
    account, team, 'prod' AS env, lower(account) || '/db' AS resource, account || ' database' AS resource_name,
    'Database' AS resource_type, 'Nimbus Storage' AS service, 'Storage' AS service_category,
    'Storage Platforms' AS subcategory, 'STORAGE' AS sku, 'Storage' AS meter,
    'Compressed storage, by TB and day' AS description, 'TB-Days' AS unit,
    CAST((3 + hash(account) % 9) * (1 + 0.025 * number)
        * CASE WHEN getvariable('is_restated') AND month = getvariable('restated_month')
            THEN 1.03 ELSE 1 END AS DECIMAL(12, 4)) AS quantity,
    0.25 AS credits_a_unit, NULL AS status
FROM days, (SELECT account, any_value(team) AS team FROM warehouses GROUP BY account)
UNION ALL BY NAME
SELECT month, day, 'Usage' AS category, 'Usage-Based' AS frequency, 'Standard' AS pricing,
    account, team, env, 'ai/' || lower(warehouse) AS resource, warehouse || ' AI functions' AS resource_name,
    'Function' AS resource_type, 'Nimbus AI Functions' AS service,
    'AI and Machine Learning' AS service_category, 'Generative AI' AS subcategory,
    'AI-TOKENS' AS sku, 'AI tokens' AS meter, 'Tokens of AI functions, by million' AS description,
    '1M Tokens' AS unit,
    CAST((0.4 + (hash('ai', warehouse, day) % 100) / 100.0) * (number - 4) / 3 AS DECIMAL(12, 4))
        AS quantity,
    1.5 AS credits_a_unit, NULL AS status
FROM days, warehouses WHERE number > 4 AND NOT is_weekend AND team IN ('analytics', 'data-science')
UNION ALL BY NAME
-- Bought at the start of each month.
SELECT month, month AS day, 'Purchase' AS category, 'Recurring' AS frequency,
    'Standard' AS pricing, 'Nimbus Warehouse' AS service, 'Databases' AS service_category,
    'Data Warehouses' AS subcategory, 'COMMIT' AS sku, 'Committed credits' AS meter,
    'Commitment of 390 credits a day' AS description, 'Credits' AS unit,
    390 * datediff('day', month, month_end) AS quantity, 1 AS credits_a_unit, 'Purchase' AS status
FROM months
UNION ALL BY NAME
SELECT month, month AS day, 'Purchase' AS category, 'Recurring' AS frequency,
    'Standard' AS pricing, 'Nimbus Support' AS service,
    'Management and Governance' AS service_category, 'Support' AS subcategory,
    'SUPPORT' AS sku, 'Premium support' AS meter, 'Premium support, by the month' AS description,
    'Months' AS unit, 1 AS quantity, NULL AS credits_a_unit, NULL AS status
FROM months
UNION ALL BY NAME
SELECT month, month AS day, 'Credit' AS category, 'One-Time' AS frequency,
    'Nimbus Warehouse' AS service, 'Databases' AS service_category,
    'Data Warehouses' AS subcategory, 'Service credit for the outage in January' AS description,
    NULL AS status
FROM months WHERE month = DATE '2026-02-01';

-- Prices in USD a unit. The commitment's own: 2.40 a credit.
CREATE TABLE priced AS
SELECT *,
    CASE WHEN sku = 'SUPPORT' THEN 1500 WHEN status = 'Purchase' THEN 2.40
        ELSE credits_a_unit * 3.00 END AS list_price,
    CASE WHEN sku = 'SUPPORT' THEN 1500 WHEN status = 'Purchase' THEN 2.40
        WHEN status = 'Unused' THEN 2.40 ELSE credits_a_unit * 2.70 END AS contract_price,
    CASE WHEN category = 'Credit' THEN CAST(-250 AS DECIMAL(28, 10))
        WHEN sku = 'SUPPORT' THEN CAST(1500 AS DECIMAL(28, 10))
        WHEN status = 'Purchase' THEN CAST(0 AS DECIMAL(28, 10))
        WHEN status IS NOT NULL THEN CAST(quantity * credits_a_unit * 2.40 AS DECIMAL(28, 10))
        ELSE CAST(quantity * credits_a_unit * 2.70 AS DECIMAL(28, 10)) END AS effective
FROM charges;

CREATE VIEW focus AS
SELECT
    CAST(NULL AS VARCHAR) AS AvailabilityZone,
    CASE WHEN status = 'Purchase' THEN CAST(quantity * 2.40 AS DECIMAL(28, 10))
        WHEN status IS NOT NULL THEN CAST(0 AS DECIMAL(28, 10)) ELSE effective END AS BilledCost,
    'ORG-7741' AS BillingAccountId,
    'Larkspur' AS BillingAccountName,
    'Organization' AS BillingAccountType,
    'USD' AS BillingCurrency,
    CAST(month + INTERVAL 1 MONTH AS TIMESTAMP) AS BillingPeriodEnd,
    CAST(month AS TIMESTAMP) AS BillingPeriodStart,
    CAST(NULL AS VARCHAR) AS CapacityReservationId,
    CAST(NULL AS VARCHAR) AS CapacityReservationStatus,
    category AS ChargeCategory,
    CAST(NULL AS VARCHAR) AS ChargeClass,
    description AS ChargeDescription,
    frequency AS ChargeFrequency,
    CASE WHEN category = 'Usage' THEN CAST(day + INTERVAL 1 DAY AS TIMESTAMP)
        ELSE CAST(month + INTERVAL 1 MONTH AS TIMESTAMP) END AS ChargePeriodEnd,
    CAST(day AS TIMESTAMP) AS ChargePeriodStart,
    CASE WHEN status IS NOT NULL THEN 'Spend' END AS CommitmentDiscountCategory,
    CASE WHEN status IS NOT NULL THEN 'nimbus-commit-2025' END AS CommitmentDiscountId,
    CASE WHEN status IS NOT NULL THEN 'Capacity 2025' END AS CommitmentDiscountName,
    CASE WHEN status IS NOT NULL THEN CAST(quantity * credits_a_unit AS DECIMAL(28, 10)) END
        AS CommitmentDiscountQuantity,
    nullif(status, 'Purchase') AS CommitmentDiscountStatus,
    CASE WHEN status IS NOT NULL THEN 'Capacity Commitment' END AS CommitmentDiscountType,
    CASE WHEN status IS NOT NULL THEN 'Credits' END AS CommitmentDiscountUnit,
    CASE WHEN category = 'Usage' AND status IS DISTINCT FROM 'Unused'
        THEN CAST(quantity AS DECIMAL(28, 10)) END AS ConsumedQuantity,
    CASE WHEN category = 'Usage' AND status IS DISTINCT FROM 'Unused' THEN unit END AS ConsumedUnit,
    CAST(coalesce(quantity * contract_price, effective) AS DECIMAL(28, 10)) AS ContractedCost,
    CAST(contract_price AS DECIMAL(28, 10)) AS ContractedUnitPrice,
    effective AS EffectiveCost,
    CASE WHEN month < getvariable('last_month') THEN strftime(month, 'NMB-%Y%m') END AS InvoiceId,
    'Nimbus Data, Inc.' AS InvoiceIssuerName,
    CAST(coalesce(quantity * list_price, effective) AS DECIMAL(28, 10)) AS ListCost,
    CAST(list_price AS DECIMAL(28, 10)) AS ListUnitPrice,
    pricing AS PricingCategory,
    CASE WHEN credits_a_unit IS NULL THEN 'USD' ELSE 'Nimbus Credit' END AS PricingCurrency,
    CAST(coalesce(credits_a_unit, contract_price) AS DECIMAL(28, 10))
        AS PricingCurrencyContractedUnitPrice,
    CAST(CASE WHEN status = 'Purchase' THEN 0
        ELSE coalesce(quantity * credits_a_unit, effective) END AS DECIMAL(28, 10))
        AS PricingCurrencyEffectiveCost,
    CAST(coalesce(credits_a_unit, list_price) AS DECIMAL(28, 10)) AS PricingCurrencyListUnitPrice,
    CAST(quantity AS DECIMAL(28, 10)) AS PricingQuantity,
    unit AS PricingUnit,
    'Nimbus Data' AS ProviderName,
    'Nimbus Data' AS PublisherName,
    'eu-central' AS RegionId,
    'Europe (Central)' AS RegionName,
    resource AS ResourceId,
    resource_name AS ResourceName,
    resource_type AS ResourceType,
    service_category AS ServiceCategory,
    service AS ServiceName,
    subcategory AS ServiceSubcategory,
    sku AS SkuId,
    meter AS SkuMeter,
    CAST(NULL AS JSON) AS SkuPriceDetails,
    sku || '.' || coalesce(pricing, '') AS SkuPriceId,
    lower(replace(account, ' ', '-')) AS SubAccountId,
    account AS SubAccountName,
    CASE WHEN account IS NOT NULL THEN 'Account' END AS SubAccountType,
    CASE WHEN team IS NOT NULL OR env IS NOT NULL
        THEN json_merge_patch(json_object('team', team), json_object('env', env)) END AS Tags,
    'Enterprise' AS x_NimbusEdition
FROM priced;
