-- What the month's bill holds besides usage: commitments, fees, credits, discounts, tax.
-- Amounts follow from the usage table, so every invariant of a real bill holds to the last digit.

CREATE OR REPLACE TABLE charge (
    charge VARCHAR, line_type VARCHAR, bill_type VARCHAR, account VARCHAR, workload VARCHAR,
    product_code VARCHAR, sku VARCHAR, region VARCHAR, availability_zone VARCHAR,
    usage_type VARCHAR, operation VARCHAR, description VARCHAR, tax_type VARCHAR, commitment VARCHAR,
    start_at TIMESTAMP, end_at TIMESTAMP, quantity DECIMAL(18, 6), rate DECIMAL(18, 10),
    cost DECIMAL(20, 10), saving DECIMAL(20, 10),
    plan_total DECIMAL(18, 8), plan_used DECIMAL(18, 8), plan_recurring DECIMAL(18, 8),
    plan_upfront DECIMAL(18, 8), upfront_value DECIMAL(18, 8), period_upfront DECIMAL(18, 8),
    unused_upfront DECIMAL(18, 8), unused_recurring DECIMAL(18, 8), unused_quantity DECIMAL(18, 6),
    unused_norm_quantity DECIMAL(18, 6), reserved_hours DECIMAL(18, 6)
);

-- Savings plans: covered usage is billed at the on-demand price and taken back, grouped.
INSERT INTO charge BY NAME
SELECT 'negation' AS charge, 'SavingsPlanNegation' AS line_type, 'Anniversary' AS bill_type, r.account,
    r.product_code, r.sku, r.region, r.availability_zone,
    concat('SavingsPlanNegation used by AccountId : ', a.account_id, ' and UsageSku : ', p.sku_code) AS description,
    u.commitment, u.start_at, u.end_at, sum(u.quantity) AS quantity, any_value(u.rate) AS rate,
    -sum(u.cost) AS cost, -sum(u.saving) AS saving
FROM usage AS u JOIN resource AS r USING (resource) JOIN account AS a USING (account)
JOIN price AS p ON p.sku = r.sku AND p.region = r.region
WHERE u.line_type = 'SavingsPlanCoveredUsage'
GROUP BY r.account, a.account_id, p.sku_code, r.product_code, r.sku, r.region, r.availability_zone, u.commitment,
    u.start_at, u.end_at;

-- One fee row per plan and slot: what was committed, what was used, what is billed now.
INSERT INTO charge BY NAME
WITH

slots AS (
    SELECT c.*, s.start_at AS slot_start, s.end_at AS slot_end,
        CAST(date_diff('hour', greatest(s.start_at, c.start_at),
            least(s.end_at, c.end_at, (SELECT data_end FROM month))) AS DECIMAL(6, 0)) AS hours
    FROM commitment AS c JOIN slot AS s ON s.shape = 'steady' AND s.start_at < c.end_at AND s.end_at > c.start_at
    WHERE c.kind = 'SP'
),

used AS (
    SELECT commitment, start_at AS slot_start, sum(effective_cost) AS cost
    FROM usage WHERE line_type = 'SavingsPlanCoveredUsage' GROUP BY ALL
)

SELECT 'plan-fee' AS charge, 'SavingsPlanRecurringFee' AS line_type, 'Anniversary' AS bill_type, s.account,
    'ComputeSavingsPlans' AS product_code, s.region,
    concat(CASE s.offering WHEN 'ComputeSavingsPlans' THEN 'ComputeSP' ELSE 'EC2SP' END, ':', s.years, 'yr',
        replace(s.payment, ' ', '')) AS usage_type,
    concat(s.years, ' year ', s.payment, ' ', s.offering) AS description,
    s.commitment, s.slot_start AS start_at, s.slot_end AS end_at, 1 AS quantity,
    CAST(s.hourly * (1 - s.upfront_share) * s.hours AS DECIMAL(18, 8)) AS cost,
    CAST(-s.hourly * (1 - s.upfront_share) * s.hours * s.edp AS DECIMAL(20, 10)) AS saving,
    s.hourly * s.hours AS plan_total, coalesce(u.cost, 0) AS plan_used,
    CAST(s.hourly * (1 - s.upfront_share) * s.hours AS DECIMAL(18, 8)) AS plan_recurring,
    CAST(s.hourly * s.upfront_share * s.hours AS DECIMAL(18, 8)) AS plan_upfront
FROM slots AS s LEFT JOIN used AS u USING (commitment, slot_start)
WHERE s.hours > 0;

-- Reservations: one row for the whole month, also when nothing used them.
INSERT INTO charge BY NAME
WITH

terms AS (
    SELECT c.*,
        CAST(date_diff('hour', greatest(m.period_start, c.start_at), least(m.data_end, c.end_at)) AS DECIMAL(6, 0))
            AS hours,
        greatest(m.period_start, c.start_at) AS from_at, least(m.period_end, c.end_at) AS until_at
    FROM commitment AS c CROSS JOIN month AS m
    WHERE c.kind = 'RI' AND c.start_at < m.data_end AND c.end_at > m.period_start
),

used AS (
    SELECT u.commitment, sum(u.quantity * r.norm) AS norm_quantity, sum(u.recurring_cost) AS recurring_cost,
        sum(u.upfront_cost) AS upfront_cost
    FROM usage AS u JOIN resource AS r USING (resource)
    WHERE u.line_type = 'DiscountedUsage' GROUP BY u.commitment
)

SELECT 'reservation-fee' AS charge, 'RIFee' AS line_type, 'Anniversary' AS bill_type, t.account,
    t.product_code, t.sku, t.region, t.operation,
    concat('USD ', rtrim(rtrim(CAST(t.recurring_rate AS VARCHAR), '0'), '.'), ' hourly fee per ',
        t.product_code, ', ', t.instance_type, ' instance') AS description,
    t.commitment, t.from_at AS start_at, t.until_at - INTERVAL 1 SECOND AS end_at,
    t.instances * t.hours AS quantity, t.recurring_rate AS rate,
    CAST(t.instances * t.hours * t.recurring_rate AS DECIMAL(18, 8)) AS cost,
    CAST(-t.instances * t.hours * t.recurring_rate * t.edp AS DECIMAL(20, 10)) AS saving,
    CAST(t.instances * t.hours * t.upfront_rate AS DECIMAL(18, 8)) AS period_upfront,
    CAST(t.instances * t.hours * t.upfront_rate - coalesce(u.upfront_cost, 0) AS DECIMAL(18, 8)) AS unused_upfront,
    CAST(t.instances * t.hours * t.recurring_rate - coalesce(u.recurring_cost, 0) AS DECIMAL(18, 8))
        AS unused_recurring,
    CAST(t.instances * t.hours - coalesce(u.norm_quantity, 0) / t.unit_norm AS DECIMAL(18, 6)) AS unused_quantity,
    CAST(t.instances * t.hours * t.unit_norm - coalesce(u.norm_quantity, 0) AS DECIMAL(18, 6))
        AS unused_norm_quantity,
    t.instances * t.hours AS reserved_hours
FROM terms AS t LEFT JOIN used AS u USING (commitment);

-- Upfront payments, in the month of the purchase only.
INSERT INTO charge BY NAME
SELECT 'upfront' AS charge, CASE c.kind WHEN 'SP' THEN 'SavingsPlanUpfrontFee' ELSE 'Fee' END AS line_type,
    'Purchase' AS bill_type, c.account, coalesce(c.product_code, 'ComputeSavingsPlans') AS product_code,
    c.sku, c.region, c.operation,
    CASE c.kind WHEN 'SP' THEN concat(c.years, 'yr', replace(c.payment, ' ', '')) END AS usage_type,
    CASE c.kind WHEN 'SP' THEN concat(c.years, ' year ', c.payment, ' ', c.offering)
        ELSE concat('Sign up charge for subscription: ', upper(substr(c.digest, 1, 12)), ', planId: ',
            ascii(c.digest) * 40427) END AS description,
    c.commitment, c.start_at, date_trunc('month', c.start_at) + INTERVAL 1 MONTH - INTERVAL 1 SECOND AS end_at,
    CASE c.kind WHEN 'SP' THEN 1 ELSE c.instances END AS quantity,
    v.value AS cost, v.value AS upfront_value,
    CAST(-v.value * c.edp AS DECIMAL(20, 10)) AS saving
FROM commitment AS c CROSS JOIN month AS m
CROSS JOIN LATERAL (
    SELECT CAST(CASE c.kind WHEN 'SP' THEN c.hourly * c.upfront_share * c.term_hours
        ELSE c.instances * c.upfront_rate * c.term_hours END AS DECIMAL(18, 8)) AS value
) AS v
WHERE v.value > 0 AND c.start_at >= m.period_start AND c.start_at < m.period_end;

-- Fees, credits, refunds and the rarer discounts: fixed, or a share of what was used.
INSERT INTO charge BY NAME
WITH

spend AS (
    SELECT a.payer, r.account, r.product_code, sum(u.cost) AS cost
    FROM usage AS u JOIN resource AS r USING (resource) JOIN account AS a USING (account)
    WHERE u.line_type = 'Usage' GROUP BY ALL
),

due AS (
    SELECT c.*, m.period_start - to_months(c.lag) AS from_at,
        CASE WHEN c.base = 'payer'
            THEN (SELECT sum(s.cost) FROM spend AS s JOIN account AS a ON a.account = c.account WHERE s.payer = a.payer)
            WHEN c.base = 'product'
            THEN (SELECT sum(s.cost) FROM spend AS s WHERE s.account = c.account AND s.product_code = c.product_code)
        END AS base_cost
    FROM charge_plan AS c CROSS JOIN month AS m
    WHERE m.number BETWEEN c.first_month AND c.last_month AND (m.number + 1) % c.every = 0
),

amounts AS (
    SELECT d.*,
        CAST(round(coalesce(d.amount, d.base_cost * CAST(d.percent AS DECIMAL(9, 4))), 2) AS DECIMAL(18, 8)) AS due_cost
    FROM due AS d
)

SELECT d.charge, d.line_type, d.bill_type, d.account, d.product_code, 'global' AS region, d.usage_type, d.operation,
    d.description, d.from_at AS start_at, d.from_at + INTERVAL 1 MONTH - INTERVAL 1 SECOND AS end_at,
    1 AS quantity, d.due_cost AS cost, CASE WHEN a.negotiated THEN 0 END AS saving
FROM amounts AS d JOIN account AS a USING (account)
WHERE d.due_cost <> 0;

-- Negotiated prices as rows of their own: one per day, workload and service, with the workload's tags.
INSERT INTO charge BY NAME
WITH

discounted AS (
    SELECT r.account, r.workload, r.product_code, r.region,
        date_trunc(plan.discount_grain, u.start_at) AS start_at, u.saving
    FROM usage AS u JOIN resource AS r USING (resource) CROSS JOIN plan
    WHERE u.line_type = 'Usage' AND u.saving <> 0
    UNION ALL BY NAME
    SELECT c.account, NULL AS workload, c.product_code, c.region,
        date_trunc(plan.discount_grain, c.start_at) AS start_at, c.saving
    FROM charge AS c CROSS JOIN plan
    WHERE c.charge IN ('plan-fee', 'reservation-fee', 'upfront') AND c.saving <> 0
)

SELECT 'negotiated' AS charge, 'Anniversary' AS bill_type, d.account, d.workload, d.product_code, d.region,
    CASE WHEN p.private_rate > 0 THEN 'PrivateRateDiscount' ELSE 'EdpDiscount' END AS line_type,
    CASE WHEN p.private_rate > 0 THEN 'Private rate discount' ELSE 'Enterprise Program Discount' END AS description,
    d.start_at, CASE plan.discount_grain WHEN 'day' THEN d.start_at + INTERVAL 1 DAY
        ELSE (SELECT period_end FROM month) END AS end_at,
    0 AS quantity, sum(d.saving) AS cost, -sum(d.saving) AS saving
FROM discounted AS d JOIN product AS p USING (product_code) CROSS JOIN plan
GROUP BY d.account, d.workload, d.product_code, d.region, p.private_rate, d.start_at, plan.discount_grain;

-- Tax on what each account pays for each service.
INSERT INTO charge BY NAME
WITH

taxable AS (
    SELECT r.account, r.product_code, u.cost FROM usage AS u JOIN resource AS r USING (resource)
    UNION ALL BY NAME
    SELECT account, product_code, cost FROM charge WHERE line_type NOT IN ('Credit', 'Refund')
)

SELECT 'tax' AS charge, 'Tax' AS line_type, 'Anniversary' AS bill_type, t.account, t.product_code, 'global' AS region,
    concat('Tax for product code ', t.product_code, ' usage type ') AS description, a.tax_type,
    m.period_start AS start_at, m.period_end - INTERVAL 1 SECOND AS end_at, 1 AS quantity,
    round(sum(t.cost) * CAST(a.tax_rate AS DECIMAL(9, 4)), 2) AS cost, CASE WHEN a.negotiated THEN 0 END AS saving
FROM taxable AS t JOIN account AS a USING (account) CROSS JOIN month AS m
WHERE a.tax_rate > 0
GROUP BY t.account, t.product_code, a.tax_type, a.tax_rate, a.negotiated, m.period_start, m.period_end
HAVING round(sum(t.cost) * CAST(a.tax_rate AS DECIMAL(9, 4)), 2) <> 0;
