-- Everything that does not change from month to month: who, what, at which price, under which commitment.
-- Reads the CSV files beside this folder (already loaded as *_plan tables) and the one-row table `plan`.

CREATE TABLE account AS
SELECT a.*, p.account_id AS payer_id, p.account_name AS payer_name,
    CASE a.partition WHEN 'aws-cn' THEN 'CNY' ELSE 'USD' END AS currency,
    a.payer = 'management' AS negotiated
FROM account_plan AS a
JOIN account_plan AS p ON p.account = a.payer
CROSS JOIN plan
WHERE a.site = 'global' OR plan.china;

CREATE TABLE workload AS
SELECT w.*,
    list_filter([
        {'k': 'user:team', 'k2': 'user_team', 'v': w.team},
        {'k': 'user:env', 'k2': 'user_env', 'v': w.env},
        {'k': 'user:CostCenter', 'k2': 'user_cost_center', 'v': w.cost_center},
        {'k': 'aws:createdBy', 'k2': 'aws_created_by', 'v': w.created_by}
    ], lambda t: t.v IS NOT NULL) AS tag_list,
    map_from_entries(list_filter([
        {'k': 'Business Unit', 'v': w.business_unit},
        {'k': 'Team', 'v': coalesce(w.team, 'Unassigned')}
    ], lambda t: t.v IS NOT NULL)) AS cost_category
FROM workload_plan AS w
SEMI JOIN account USING (account);

CREATE TABLE product AS
SELECT p.*, e.billing_entity, e.legal_entity
FROM product_plan AS p JOIN entity_plan AS e USING (entity);

-- One row per unit of capacity that is billed on its own. A finer bill has more and smaller
-- units, never a larger total: `share` is the part of a whole unit that one resource stands for.
CREATE TABLE resource AS
WITH

units AS (
    SELECT f.*, w.account, w.region, w.first_month, w.last_month, w.tag_list,
        a.account_id, a.partition, a.negotiated, s.product_code, s.basis, s.arn,
        g.location, CAST(round(s.price * g.multiplier, 10) AS DECIMAL(20, 10)) AS rate,
        s.operation = 'RunInstances:SV001' AS spot,
        coalesce(s.norm, 1) AS norm, p.edp, p.private_rate,
        plan.last_month_start, plan.seed,
        greatest(1, CAST(round(f.units * plan.scale) AS INTEGER)) AS copies
    FROM fleet_plan AS f
    JOIN workload AS w USING (workload)
    JOIN account AS a USING (account)
    JOIN sku_plan AS s USING (sku)
    JOIN product AS p USING (product_code)
    JOIN region_plan AS g ON g.region = w.region
    CROSS JOIN plan
),

numbered AS (
    SELECT u.*, unnest(range(u.copies)) AS k, u.units / u.copies AS share
    FROM units AS u
),

named AS (
    SELECT n.* EXCLUDE (tag_list),
        md5(concat_ws('/', n.seed, n.workload, n.sku, n.k)) AS digest,
        concat(n.workload, '-', n.sku, '-', lpad(CAST(n.k + 1 AS VARCHAR), 3, '0')) AS name,
        -- one resource in 23 was never tagged
        CASE WHEN len(n.tag_list) = 0 OR md5_number_lower(digest) % 23 = 7 THEN []
             ELSE list_append(n.tag_list, {'k': 'user:Name', 'k2': 'user_name', 'v': name}) END AS tag_list
    FROM numbered AS n
)

SELECT
    CAST(row_number() OVER (ORDER BY workload, sku, k) AS INTEGER) AS resource,
    workload, account, region, sku, product_code, rate, spot, norm, edp,
    private_rate, negotiated, basis, shape, twins, share, units * amount / copies AS amount,
    CASE WHEN basis = 'hour' THEN 0 ELSE growth END AS growth, noise,
    CASE WHEN region = 'global' OR basis <> 'hour' THEN ''
         ELSE region || substr('abc', 1 + CAST(k % 3 AS INTEGER), 1) END AS availability_zone,
    CASE WHEN (k + 1) * share <= covered + 1e-9 THEN commitment END AS commitment,
    -- capacity grows by new resources, and they appear evenly over the last 13 months
    CASE WHEN basis = 'hour' AND k >= copies * (1 - growth) AND growth > 0
         THEN last_month_start - to_days(CAST(396 * (copies - k) / (copies * growth + 1) AS INTEGER))
         ELSE last_month_start + to_months(first_month) END AS born,
    last_month_start + to_months(last_month) AS died,
    replace(replace(replace(replace(replace(coalesce(arn, ''), '{hex17}', substr(digest, 1, 17)),
        '{region}', region), '{account}', account_id), '{partition}', partition), '{name}', name)
        AS resource_id,
    map(list_transform(tag_list, lambda t: t.k), list_transform(tag_list, lambda t: t.v)) AS tags,
    map(list_transform(tag_list, lambda t: t.k2), list_transform(tag_list, lambda t: t.v)) AS tags_2
FROM named;

-- A price list line: one SKU in one region.
CREATE TABLE price AS
WITH

coded AS (
    SELECT s.*, g.region, g.location, coalesce(g.prefix, '') AS prefix, p.product_name,
        upper(substr(md5(concat(s.sku, '/', g.region)), 1, 16)) AS sku_code
    FROM sku_plan AS s CROSS JOIN region_plan AS g JOIN product AS p USING (product_code)
)

SELECT c.sku, c.region, c.family, c.unit, c.instance_type, c.operation, c.norm, c.description, c.location, c.prefix,
    c.sku_code,
    concat(c.sku_code, '.JRTCKXETXF.6YS6EN2CT7') AS rate_code,
    CAST(100000000000 + md5_number_lower(c.sku_code) % 100000000000 AS VARCHAR) AS rate_id,
    c.prefix || c.usage_type AS usage_type,
    CAST(round(c.price * g.multiplier, 10) AS DECIMAL(20, 10)) AS public_rate,
    c.operation = 'RunInstances:SV001' AS spot,
    regexp_extract(c.instance_type, '^(?:db\.|cache\.|ml\.|kafka\.)?([a-z0-9]+)\.', 1) AS instance_family,
    map_concat(CAST(CAST(c.attributes AS JSON) AS MAP(VARCHAR, VARCHAR)),
        MAP {'product_name': c.product_name, 'servicename': c.product_name, 'region': c.region}) AS product
FROM coded AS c JOIN region_plan AS g USING (region);

CREATE TABLE commitment AS
WITH

covered AS (
    SELECT f.commitment,
        sum(f.covered * f.amount * s.price * g.multiplier) AS hourly_cost,
        sum(f.covered * coalesce(s.norm, 1)) AS units
    FROM fleet_plan AS f
    JOIN workload AS w USING (workload)
    JOIN sku_plan AS s USING (sku)
    JOIN region_plan AS g ON g.region = w.region
    WHERE f.commitment IS NOT NULL
    GROUP BY f.commitment
),

sized AS (
    SELECT c.*, a.account_id, a.partition, a.negotiated, s.product_code, s.instance_type,
        s.usage_type AS bare_usage_type, s.operation, s.family AS product_family, s.norm,
        CASE WHEN a.negotiated THEN p.edp END AS edp,
        md5(concat('commitment/', c.commitment)) AS digest,
        plan.last_month_start + to_months(c.month) + to_days(c.day - 1) AS start_at,
        CAST(ceil(coalesce(v.hourly_cost, 0) * (1 - c.discount) * c.oversize * 100) / 100
            AS DECIMAL(18, 4)) AS hourly,
        CAST(greatest(c.minimum, ceil(coalesce(v.units, 0) * c.oversize / coalesce(s.norm, 1)))
            AS DECIMAL(6, 0)) AS instances
    FROM commitment_plan AS c
    JOIN account AS a USING (account)
    LEFT JOIN sku_plan AS s USING (sku)
    JOIN product AS p ON p.product_code = coalesce(s.product_code, 'ComputeSavingsPlans')
    LEFT JOIN covered AS v USING (commitment)
    CROSS JOIN plan
)

SELECT *,
    start_at + to_years(years) AS end_at,
    CASE kind WHEN 'SP'
        THEN concat('arn:', partition, ':savingsplans::', account_id, ':savingsplan/',
            substr(digest, 1, 8), '-', substr(digest, 9, 4), '-4', substr(digest, 14, 3), '-a',
            substr(digest, 18, 3), '-', substr(digest, 21, 12))
        ELSE concat('arn:', partition, ':', CASE product_code WHEN 'AmazonEC2' THEN 'ec2'
            WHEN 'AmazonRDS' THEN 'rds' WHEN 'AmazonES' THEN 'es' ELSE 'elasticache' END, ':', region, ':',
            account_id, CASE product_code WHEN 'AmazonEC2' THEN ':reserved-instances/'
            WHEN 'AmazonRDS' THEN ':ri:' ELSE ':reserved-instance/' END, substr(digest, 1, 8), '-',
            substr(digest, 9, 4), '-4', substr(digest, 14, 3), '-a', substr(digest, 18, 3), '-',
            substr(digest, 21, 12)) END AS arn,
    CAST(date_diff('hour', start_at, start_at + to_years(years)) AS DECIMAL(6, 0)) AS term_hours,
    -- reserved capacity in units that instances of every size draw from
    CAST(coalesce(norm, 1) AS DECIMAL(9, 2)) AS unit_norm,
    CAST(recurring_rate / coalesce(norm, 1) AS DECIMAL(18, 8)) AS norm_recurring_rate,
    CAST(upfront_rate / coalesce(norm, 1) AS DECIMAL(18, 8)) AS norm_upfront_rate
FROM sized;
