-- Usage of one invoice month: every resource in every time slot. Views read the one-row table `month`.

CREATE VIEW slot AS
WITH

hours AS (
    SELECT unnest(generate_series(period_start, period_end - INTERVAL 1 HOUR, INTERVAL 1 HOUR)) AS moment
    FROM month
),

shaped AS (
    SELECT moment, 'steady' AS shape, 1.0 AS factor FROM hours
    UNION ALL
    SELECT moment, 'office', CASE WHEN isodow(moment) <= 5 AND hour(moment) BETWEEN 8 AND 19 THEN 1.0 ELSE 0.0 END
    FROM hours
    UNION ALL
    SELECT moment, 'traffic', CASE WHEN isodow(moment) > 5 THEN 0.8 ELSE 1.08 END
        * (0.55 + 0.9 * (1 - least(abs(hour(moment) - 14), 24 - abs(hour(moment) - 14)) / 12))
    FROM hours
    UNION ALL
    SELECT moment, 'batch', CASE WHEN hour(moment) < 6 THEN 1.0 ELSE 0.0 END FROM hours
)

SELECT s.shape, date_trunc(plan.grain, s.moment) AS start_at,
    CASE plan.grain WHEN 'hour' THEN date_trunc('hour', s.moment) + INTERVAL 1 HOUR
        WHEN 'day' THEN date_trunc('day', s.moment) + INTERVAL 1 DAY ELSE month.period_end END AS end_at,
    CAST(epoch(date_trunc(plan.grain, s.moment)) AS BIGINT) // 3600 AS number,
    sum(s.factor) AS hours
FROM shaped AS s CROSS JOIN plan CROSS JOIN month
GROUP BY ALL;

-- A finer bill has more and smaller resources, never a larger total. What a commitment covers
-- keeps its share.
CREATE TABLE resource AS
WITH

copies AS (
    SELECT f.*, greatest(1, CAST(round(f.units * plan.scale) AS INTEGER)) AS copies
    FROM fleet_plan AS f CROSS JOIN plan
),

numbered AS (
    SELECT *, unnest(range(copies)) AS k FROM copies
)

SELECT CAST(row_number() OVER (ORDER BY project, sku, region, k) AS INTEGER) AS resource,
    * EXCLUDE (units, amount, covered, copies),
    units * amount / copies AS amount,
    (k + 1) * units <= covered * copies AS is_covered,
    substr(md5(concat_ws('/', project, sku, region, k)), 1, 12) AS id
FROM numbered;

CREATE VIEW usage AS
WITH

measured AS (
    SELECT r.*, s.start_at, s.end_at, s.number AS slot,
        r.amount * s.hours
        * greatest(0.2, 1 + CASE WHEN r.commitment IS NULL THEN r.growth ELSE 0 END
            * date_diff('day', plan.last_start + INTERVAL 1 MONTH, s.start_at) / 365)
        * (1 + r.noise * ((r.resource * 7919 + s.number * 104729) % 2001 / 1000 - 1)) AS used
    FROM resource AS r
    JOIN slot AS s ON s.shape = r.shape
    CROSS JOIN plan
    WHERE s.hours > 0
),

priced AS (
    SELECT m.*, k.* EXCLUDE (sku), g.* EXCLUDE (region),
        CAST(m.used AS DECIMAL(18, 6)) AS quantity,
        CAST(k.price * g.multiplier AS DECIMAL(18, 10)) AS list_price,
        CAST(k.price * g.multiplier * (1 - k.rebate) AS DECIMAL(18, 10)) AS own_price
    FROM measured AS m
    JOIN sku_plan AS k ON k.sku = m.sku
    JOIN region_plan AS g ON g.region = m.region
),

costed AS (
    SELECT p.*, month.number AS month_number,
        -- Since January of the second year Google prices covered spend directly.
        p.commitment = 'spend' AND p.is_covered AND month.number > -6 AS is_priced,
        CAST(CAST(p.quantity AS DOUBLE) * p.list_price AS DECIMAL(18, 6)) AS list_cost,
        CAST(CAST(p.quantity AS DOUBLE) * p.own_price AS DECIMAL(18, 6)) AS own_cost
    FROM priced AS p CROSS JOIN month
    WHERE p.quantity > 0
)

SELECT *,
    CASE WHEN is_priced THEN CAST(own_cost * 0.75 AS DECIMAL(18, 6)) ELSE own_cost END AS cost
FROM costed;
