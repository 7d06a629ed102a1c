-- One month of usage: every resource in every time slot in which it ran. Reads the one-row table `month`.

CREATE OR REPLACE TABLE slot AS
WITH

hours AS (
    SELECT unnest(generate_series(period_start, data_end - INTERVAL 1 HOUR, INTERVAL 1 HOUR)) AS moment
    FROM month
),

shaped AS (
    SELECT moment, 'steady' AS shape, 1.0 AS factor FROM hours
    UNION ALL
    SELECT moment, 'office', CASE WHEN isodow(moment) <= 5 AND hour(moment) BETWEEN 8 AND 19 THEN 1.0 ELSE 0.0 END
    FROM hours
    UNION ALL
    -- shops: busy in the afternoon, quieter at the weekend
    SELECT moment, 'traffic',
        CASE isodow(moment) WHEN 6 THEN 0.82 WHEN 7 THEN 0.76 ELSE 1.08 END
        * (0.55 + 0.9 * (1 - least(abs(hour(moment) - 14), 24 - abs(hour(moment) - 14)) / 12))
    FROM hours
    UNION ALL
    -- jobs: at night, longer ones when the month is closed
    SELECT moment, 'batch', CASE WHEN hour(moment) < 6 THEN 4.0 ELSE 0.0 END
        * CASE WHEN day(moment) <= 2 OR day(moment) >= 28 THEN 1.35 ELSE 0.97 END
    FROM hours
)

SELECT s.shape,
    date_trunc(plan.grain, s.moment) AS start_at,
    CASE plan.grain WHEN 'hour' THEN date_trunc('hour', s.moment) + INTERVAL 1 HOUR
        WHEN 'day' THEN date_trunc('day', s.moment) + INTERVAL 1 DAY ELSE month.period_end END AS end_at,
    CAST(epoch(date_trunc(plan.grain, s.moment)) AS BIGINT) // 3600 AS number,
    count(*) AS hours,
    avg(s.factor) AS factor,
    avg(least(s.factor, 1)) AS presence
FROM shaped AS s CROSS JOIN plan CROSS JOIN month
GROUP BY ALL;

CREATE OR REPLACE TABLE spot_price AS
SELECT r.sku, r.region, s.start_at,
    CAST(round(any_value(r.rate) * (0.30 + ((s.number // 24) * 7919 + ascii(r.sku) * 31) % 97 / 800), 6)
        AS DECIMAL(20, 10)) AS rate
FROM resource AS r CROSS JOIN slot AS s
WHERE r.spot AND s.shape = r.shape
GROUP BY r.sku, r.region, s.start_at, s.number;

CREATE OR REPLACE TABLE usage AS
WITH

seeded AS (
    SELECT r.*, s.start_at, s.end_at, s.hours, s.factor, s.presence, m.period_start, m.version, m.hours AS month_hours,
        (r.resource * 7919 + s.number * 104729 + plan.seed * 15485863) % 2147483647 AS x,
        greatest(0.2, 1 + r.growth * date_diff('day', plan.last_month_start + INTERVAL 1 MONTH, s.start_at) / 365)
            AS trend,
        coalesce(k.factor, 1) AS spike,
        m.version > 1 AND r.commitment IS NULL AND r.resource % 29 = 3
            AND s.end_at > m.period_end - INTERVAL 3 DAY AS withdrawn,
        m.version > 1 AND r.sku IN ('s3-standard', 'transfer-out', 'cdn-bytes') AS corrected,
        m.version > 1 AND r.sku = 'athena-scan' AND s.end_at > m.period_end - INTERVAL 2 DAY AS late
    FROM resource AS r
    JOIN slot AS s ON s.shape = r.shape AND s.start_at >= r.born AND s.start_at < r.died
    CROSS JOIN month AS m
    CROSS JOIN plan
    LEFT JOIN spike_plan AS k ON k.workload = r.workload AND k.sku = r.sku AND k.month = m.number
        AND (plan.grain = 'month' OR day(s.start_at) BETWEEN k.first_day AND k.last_day)
),

measured AS (
    SELECT s.* EXCLUDE (x, factor),
        s.amount / s.twins
        * CASE s.basis WHEN 'hour' THEN s.hours * s.presence WHEN 'day' THEN s.hours / 24 * s.factor
            ELSE s.hours / s.month_hours * s.factor END
        * s.trend
        * (1 + s.noise * (xor(x, x >> 13) * 48271 % 2147483647 % 2001 / 1000 - 1))
        * CASE WHEN s.version > 1 AND s.corrected THEN 1.02 ELSE 1 END
        -- a spike of some days is smeared over the slot of a monthly bill
        * CASE WHEN s.hours > 24 AND s.spike > 1 THEN 1 + (s.spike - 1) / 10 ELSE s.spike END AS amount_used
    FROM seeded AS s
    WHERE NOT s.withdrawn
),

parts AS (
    SELECT m.*, 0 AS part, CAST(round(m.amount_used, 6) AS DECIMAL(18, 6)) AS quantity FROM measured AS m
    UNION ALL
    SELECT m.*, 1, CAST(round(m.amount_used * 0.37, 6) AS DECIMAL(18, 6)) FROM measured AS m WHERE m.late
),

priced AS (
    SELECT p.resource, p.part, p.start_at, p.end_at, p.quantity, p.norm, p.negotiated, p.edp, p.private_rate,
        unnest(range(p.twins)) AS twin,
        coalesce(t.rate, p.rate) AS rate,
        CASE WHEN p.start_at >= c.start_at AND p.start_at < c.end_at THEN c.commitment END AS commitment,
        CASE WHEN p.start_at >= c.start_at AND p.start_at < c.end_at THEN c.kind ELSE '' END AS kind,
        CAST(round(p.rate * (1 - c.discount), 6) AS DECIMAL(20, 6)) AS plan_rate,
        c.norm_recurring_rate, c.norm_upfront_rate
    FROM parts AS p
    LEFT JOIN commitment AS c ON c.commitment = p.commitment
    LEFT JOIN spot_price AS t ON p.spot AND t.sku = p.sku AND t.region = p.region AND t.start_at = p.start_at
    WHERE p.quantity > 0
),

costed AS (
    SELECT *,
        CAST(round(CASE kind WHEN 'RI' THEN 0 ELSE quantity * rate END, 8) AS DECIMAL(18, 8)) AS cost,
        CAST(round(quantity * plan_rate, 8) AS DECIMAL(18, 8)) AS plan_cost,
        CAST(round(quantity * CAST(norm * norm_recurring_rate AS DECIMAL(20, 8)), 8) AS DECIMAL(18, 8)) AS recurring_cost,
        CAST(round(quantity * CAST(norm * norm_upfront_rate AS DECIMAL(20, 8)), 8) AS DECIMAL(18, 8)) AS upfront_cost
    FROM priced
)

SELECT resource, part, start_at, end_at, quantity, rate, commitment, cost,
    CASE kind WHEN 'SP' THEN 'SavingsPlanCoveredUsage' WHEN 'RI' THEN 'DiscountedUsage' ELSE 'Usage' END
        AS line_type,
    CASE WHEN negotiated THEN CAST(-cost * (edp + private_rate) AS DECIMAL(20, 10)) END AS saving,
    CASE kind WHEN 'SP' THEN plan_cost WHEN 'RI' THEN recurring_cost + upfront_cost END AS effective_cost,
    CASE kind WHEN 'RI' THEN recurring_cost END AS recurring_cost,
    CASE kind WHEN 'RI' THEN upfront_cost END AS upfront_cost
FROM costed;
