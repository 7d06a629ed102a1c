-- One month of usage: every resource in every slot; commitments cover what they can, in order.
-- Reads the one-row table `month`.

CREATE OR REPLACE TABLE slot AS
WITH

days AS (
    SELECT unnest(generate_series(period_start, data_end - INTERVAL 1 DAY, INTERVAL 1 DAY)) AS day FROM month
)

SELECT date_trunc(plan.grain, day) AS start_at, count(*) AS days,
    count(*) FILTER (isodow(day) > 5) AS weekend_days, CAST(epoch(min(day)) AS BIGINT) // 86400 AS number
FROM days CROSS JOIN plan GROUP BY ALL;

CREATE OR REPLACE TABLE measured AS
SELECT r.*, s.start_at, s.days, c.kind, c.rate, c.model AS commitment_model,
    CAST(round(r.price * (1 - c.discount), 8) AS DECIMAL(20, 8)) AS plan_price,
    CAST(c.capacity * 24 * s.days AS DECIMAL(18, 8)) AS capacity,
    CAST(round(
        r.amount * (s.days - s.weekend_days + s.weekend_days * r.weekend)
        * greatest(0.2, 1 + r.growth * date_diff('day', plan.last_month, s.start_at) / 365)
        * (1 + r.noise * ((r.resource * 7919 + s.number * 104729 + plan.seed * 15485863) % 2001 / 1000 - 1))
        * CASE WHEN m.version > 1 AND r.meter IN ('blob-hot', 'bandwidth', 'openai') THEN 1.02 ELSE 1 END, 6)
        AS DECIMAL(20, 6)) AS quantity
FROM resource AS r CROSS JOIN slot AS s CROSS JOIN month AS m CROSS JOIN plan
LEFT JOIN commitment AS c ON c.commitment = r.commitment AND s.start_at >= c.start_at AND s.start_at < c.end_at;

CREATE OR REPLACE TABLE usage AS
WITH

queued AS (
    SELECT *, coalesce(sum(CASE kind WHEN 'RI' THEN quantity ELSE quantity * plan_price END)
        OVER (PARTITION BY kind, commitment, start_at ORDER BY resource
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
    FROM measured WHERE quantity > 0
),

shared AS (
    SELECT *, CAST(CASE kind
        WHEN 'RI' THEN greatest(0, least(quantity, capacity - before))
        WHEN 'SP' THEN greatest(0, least(quantity, floor((capacity - before) / plan_price * 1000000) / 1000000))
        ELSE 0 END AS DECIMAL(20, 6)) AS covered
    FROM queued
)

SELECT * EXCLUDE (quantity, covered, model, commitment), covered AS quantity, commitment_model AS model, commitment,
    CAST(CASE kind WHEN 'RI' THEN rate ELSE plan_price END AS DECIMAL(20, 10)) AS effective_price,
    CAST(covered * CASE kind WHEN 'RI' THEN rate ELSE plan_price END AS DECIMAL(28, 16)) AS amortized,
    CAST(0 AS DECIMAL(28, 16)) AS actual
FROM shared WHERE covered > 0
UNION ALL BY NAME
SELECT * EXCLUDE (quantity, covered, model, commitment), quantity - covered AS quantity, model,
    CAST(NULL AS VARCHAR) AS commitment, price AS effective_price,
    CAST((quantity - covered) * price AS DECIMAL(28, 16)) AS amortized,
    CAST((quantity - covered) * price AS DECIMAL(28, 16)) AS actual
FROM shared WHERE quantity > covered;
