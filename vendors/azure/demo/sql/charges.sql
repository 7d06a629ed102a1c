-- What the month's bill holds besides usage: purchases, returns and idle parts of commitments,
-- marketplace, support, rounding. Amounts follow from the usage, so every invariant holds exactly.

CREATE OR REPLACE TABLE charge (
    charge_type VARCHAR, model VARCHAR, frequency VARCHAR, commitment VARCHAR, subscription_id VARCHAR,
    subscription_name VARCHAR, start_at TIMESTAMP, quantity DECIMAL(20, 6), effective_price DECIMAL(20, 10),
    actual DECIMAL(28, 16), amortized DECIMAL(28, 16), in_actual BOOLEAN, in_amortized BOOLEAN,
    category VARCHAR, sub_category VARCHAR, name VARCHAR, product VARCHAR, consumed_service VARCHAR,
    unit VARCHAR, publisher_type VARCHAR, publisher VARCHAR, charge VARCHAR
);

-- Commitments are bought in the actual export only.
INSERT INTO charge BY NAME
SELECT 'Purchase' AS charge_type, c.model, c.frequency, c.commitment, c.subscription_id, c.subscription_name,
    m.period_start AS start_at, c.capacity AS quantity,
    CAST(coalesce(c.rate, 1) * h.hours AS DECIMAL(28, 16)) AS effective_price,
    CAST(c.capacity * coalesce(c.rate, 1) * h.hours AS DECIMAL(28, 16)) AS actual,
    true AS in_actual, false AS in_amortized,
    CASE c.kind WHEN 'SP' THEN 'Virtual Machines' WHEN 'RI' THEN
        CASE WHEN contains(c.product, 'SQL') THEN 'SQL Managed Instance' ELSE 'Virtual Machines' END END AS category,
    CASE c.kind WHEN 'SP' THEN 'Savings Plan' ELSE 'Reservation' END AS sub_category, c.product AS name, c.product,
    CASE c.kind WHEN 'SP' THEN 'Microsoft.BillingBenefits' ELSE 'Microsoft.Capacity' END AS consumed_service,
    CASE c.kind WHEN 'SP' THEN '1' ELSE '1 Hour' END AS unit, 'Azure' AS publisher_type
FROM commitment AS c CROSS JOIN month AS m
CROSS JOIN LATERAL (SELECT CAST(CASE c.frequency WHEN 'OneTime' THEN 8760 * c.years
    ELSE 24 * date_diff('day', m.period_start, m.data_end) END AS DECIMAL(9, 0)) AS hours) AS h
WHERE CASE c.frequency WHEN 'OneTime' THEN c.start_at = m.period_start
    ELSE c.start_at <= m.period_start AND m.period_start < c.end_at END;

-- A returned reservation pays back what is left of its term.
INSERT INTO charge BY NAME
SELECT 'Refund' AS charge_type, c.model, c.frequency, c.commitment, c.subscription_id, c.subscription_name,
    m.period_start AS start_at, -c.capacity AS quantity, c.rate AS effective_price,
    CAST(-c.capacity * c.rate * CAST(8760 * c.years - date_diff('hour', c.start_at, c.end_at) AS DECIMAL(9, 0))
        AS DECIMAL(28, 16)) AS actual,
    true AS in_actual, false AS in_amortized, 'Virtual Machines' AS category, 'Reservation' AS sub_category,
    c.product AS name, c.product, 'Microsoft.Capacity' AS consumed_service, '1 Hour' AS unit,
    'Azure' AS publisher_type
FROM commitment AS c CROSS JOIN month AS m
WHERE c.returned IS NOT NULL AND c.end_at = m.period_start;

-- What idled is in the amortized export only, without a subscription.
INSERT INTO charge BY NAME
WITH

used AS (
    SELECT commitment, start_at, sum(quantity) AS hours, sum(amortized) AS cost FROM usage
    WHERE commitment IS NOT NULL GROUP BY ALL
)

SELECT CASE c.kind WHEN 'RI' THEN 'UnusedReservation' ELSE 'UnusedSavingsPlan' END AS charge_type, c.model,
    'UsageBased' AS frequency, c.commitment, s.start_at,
    CAST(CASE c.kind WHEN 'RI' THEN c.capacity * 24 * s.days - coalesce(u.hours, 0) END AS DECIMAL(18, 6)) AS quantity,
    c.rate AS effective_price,
    CAST(c.capacity * 24 * s.days * coalesce(c.rate, 1) - coalesce(u.cost, 0) AS DECIMAL(28, 16)) AS amortized,
    false AS in_actual, true AS in_amortized,
    CASE WHEN contains(c.product, 'SQL') THEN 'SQL Managed Instance' ELSE 'Virtual Machines' END AS category,
    CASE c.kind WHEN 'SP' THEN NULL ELSE 'Reservation' END AS sub_category,
    CASE c.kind WHEN 'RI' THEN c.product END AS name, CASE c.kind WHEN 'RI' THEN c.product END AS product,
    CASE c.kind WHEN 'SP' THEN 'Microsoft.BillingBenefits' ELSE 'Microsoft.Capacity' END AS consumed_service,
    CASE c.kind WHEN 'RI' THEN '1 Hour' END AS unit, 'Azure' AS publisher_type
FROM commitment AS c
JOIN slot AS s ON s.start_at >= c.start_at AND s.start_at < c.end_at
LEFT JOIN used AS u ON u.commitment = c.commitment AND u.start_at = s.start_at
WHERE c.capacity * 24 * s.days * coalesce(c.rate, 1) > coalesce(u.cost, 0);

-- Marketplace, support and what was refunded of them.
INSERT INTO charge BY NAME
SELECT p.charge_type, 'OnDemand' AS model, p.frequency, s.subscription_id, s.subscription_name,
    m.period_start + INTERVAL 2 DAY AS start_at, 1 AS quantity, p.amount AS effective_price,
    p.amount AS actual, p.amount AS amortized, true AS in_actual, true AS in_amortized,
    p.category, p.sub_category, p.name, p.product, p.consumed_service, '1' AS unit, p.publisher_type, p.publisher,
    p.charge
FROM charge_plan AS p JOIN subscription_plan AS s USING (subscription) CROSS JOIN month AS m
WHERE coalesce(p.month = m.number, m.number % p.every = 0);

-- The enrolment's invoice is in whole cents.
INSERT INTO charge BY NAME
SELECT 'RoundingAdjustment' AS charge_type, 'OnDemand' AS model, 'OneTime' AS frequency,
    m.period_start AS start_at, 1 AS quantity, round(t.actual, 2) - t.actual AS effective_price,
    round(t.actual, 2) - t.actual AS actual, round(t.actual, 2) - t.actual AS amortized,
    true AS in_actual, true AS in_amortized, 'Azure' AS publisher_type
FROM month AS m CROSS JOIN (
    SELECT sum(actual) AS actual FROM (
        SELECT actual FROM usage UNION ALL SELECT actual FROM charge WHERE in_actual)) AS t
WHERE NOT m.open;

CREATE OR REPLACE VIEW bill AS
SELECT 'Usage' AS charge_type, 'UsageBased' AS frequency, true AS in_actual, true AS in_amortized,
    'Azure' AS publisher_type, 'Microsoft' AS publisher, u.model, u.commitment, u.subscription_id,
    u.subscription_name,
    -- A small bill has one line a month for each resource, on some day: Azure knows no longer lines.
    u.start_at + to_days(CAST(CASE plan.grain WHEN 'month' THEN u.resource % u.days ELSE 0 END AS INTEGER))
        AS start_at, u.quantity, u.effective_price, u.price, u.payg, u.actual, u.amortized,
    u.category, u.sub_category, u.name, u.family, u.product, u.consumed_service, u.unit, u.resource_id,
    u.resource_name, u.resource_group, u.region, u.meter_region, u.meter, u.tags, u.additional_info,
    u.cost_center
FROM usage AS u CROSS JOIN plan
UNION ALL BY NAME
SELECT * FROM charge;
