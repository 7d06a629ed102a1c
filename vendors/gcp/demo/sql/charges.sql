-- What the month's bill holds besides usage: fees of commitments, support, tax, adjustments, rounding.
-- Amounts follow from the usage, so that the bill adds up as a real one does.

CREATE VIEW credited AS
SELECT u.*,
    list_filter([
        CASE WHEN u.commitment = 'resource' AND u.is_covered
            THEN {'name': 'Committed Usage Discount: CPU', 'amount': -u.cost,
                'full_name': NULL, 'id': 'Committed Usage Discount: CPU', 'type': 'COMMITTED_USAGE_DISCOUNT'} END,
        CASE WHEN u.commitment = 'spend' AND u.is_covered AND NOT u.is_priced
            THEN {'name': 'Spend-based committed use discount', 'amount': CAST(-u.cost AS DECIMAL(18, 6)),
                'full_name': 'Cloud SQL commitments', 'id': 'cud-0a1b-2c3d',
                'type': 'COMMITTED_USAGE_DISCOUNT_DOLLAR_BASE'} END,
        CASE WHEN u.credit = 'sustained'
            THEN {'name': 'Sustained Usage Discount', 'amount': CAST(-u.cost * 0.2 AS DECIMAL(18, 6)),
                'full_name': NULL, 'id': 'Sustained Usage Discount', 'type': 'SUSTAINED_USAGE_DISCOUNT'} END,
        CASE WHEN u.credit = 'free'
            THEN {'name': 'Free tier', 'amount': CAST(-u.cost * 0.05 AS DECIMAL(18, 6)),
                'full_name': NULL, 'id': 'free', 'type': 'FREE_TIER'} END,
        CASE WHEN u.credit = 'promotion' AND u.month_number < -8
            THEN {'name': 'Promotional credit', 'amount': CAST(-u.cost * 0.5 AS DECIMAL(18, 6)),
                'full_name': 'AI startup program', 'id': 'promo-12-b34', 'type': 'PROMOTION'} END
    ], lambda c: c IS NOT NULL AND c.amount <> 0) AS credit_list
FROM usage AS u;

CREATE VIEW net AS
SELECT project, service, start_at, cost + coalesce(list_sum(list_transform(credit_list, lambda c: c.amount)), 0) AS net
FROM credited;

CREATE VIEW day AS
SELECT unnest(generate_series(period_start, period_end - INTERVAL 1 DAY, INTERVAL 1 DAY)) AS start_at FROM month;

CREATE VIEW charge AS
-- Resource commitments: a line a day, whatever was used.
SELECT 'billing-central' AS project, '6F81-5844-456A' AS service_id, 'Compute Engine' AS service,
    c.sku_id, c.description, c.region, 'regular' AS cost_type, d.start_at, d.start_at + INTERVAL 1 DAY AS end_at,
    CAST(c.quantity * 24 AS DECIMAL(18, 6)) AS quantity, c.unit AS unit,
    CAST(c.quantity * 24 * c.price AS DECIMAL(18, 6)) AS cost, c.subscription AS subscription,
    NULL AS adjustment, NULL AS seller, false AS late, CAST(0 AS DECIMAL(18, 6)) AS offset_credit
FROM commitment_plan AS c CROSS JOIN day AS d
UNION ALL
-- A commitment to spend on Cloud SQL. Under the new model its fee is taken back as it is used.
SELECT 'billing-central', '9662-B51E-5089', 'Cloud SQL', 'FEE2-0001-C0DE',
    CASE WHEN month.number > -6 THEN 'Commitment fee: Cloud SQL CUD 1 Year'
        ELSE 'Commitment - dollar based v1: Cloud SQL in Iowa for 1 Year' END,
    'us-central1', 'regular', d.start_at, d.start_at + INTERVAL 1 DAY, 24, 'hour', 13.0,
    '5a1c0f62-0005-4c1e-9d3e-10c0ffee0005', NULL, NULL, false,
    CASE WHEN month.number > -6 THEN CAST(-least(13.0, s.spent) AS DECIMAL(18, 6)) ELSE 0 END
FROM day AS d CROSS JOIN month
LEFT JOIN (
    SELECT CAST(sum(cost) / date_diff('day', any_value(month.period_start), any_value(month.period_end))
        AS DECIMAL(18, 6)) AS spent
    FROM usage CROSS JOIN month WHERE commitment = 'spend' AND is_covered
) AS s ON true
UNION ALL
SELECT NULL, '2062-016F-44A2', 'Support', 'SUPP-0001-C0DE', 'Enhanced Support', NULL, 'regular',
    period_start, period_end, 1, 'month', 500, NULL, NULL, NULL, false, 0
FROM month
UNION ALL
-- Tax on what each European project pays.
SELECT n.project, 'INVO-ICE0-0000', 'Invoice', 'TAX0-0001-C0DE', 'Tax', NULL, 'tax',
    any_value(m.period_start), any_value(m.period_end), 0, NULL,
    CAST(round(sum(n.net) * 0.19, 2) AS DECIMAL(18, 6)), NULL, NULL, NULL, false, 0
FROM net AS n CROSS JOIN month AS m
WHERE n.project IN ('search-prod', 'analytics-eu')
GROUP BY n.project
UNION ALL
SELECT NULL, 'INVO-ICE0-0000', 'Invoice', 'ROUN-0001-C0DE', 'Rounding error', NULL, 'rounding_error',
    period_start, period_end, 0, NULL, CAST(((number * 37) % 90 - 41) / 10000.0 AS DECIMAL(18, 6)), NULL, NULL, NULL,
    false, 0
FROM month
UNION ALL
-- What Google adds later: usage that was reported late, and a correction of an earlier month.
SELECT 'data-platform', '24E6-581D-38E5', 'BigQuery', '4A2B-0001-C0DE', 'Analysis (US)', 'us', 'regular',
    period_end - INTERVAL 1 DAY, period_end, 20, 'tebibyte', 112.5, NULL, NULL, NULL, true, 0
FROM month
UNION ALL
SELECT 'shop-prod', '9662-B51E-5089', 'Cloud SQL', '3A2B-0001-C0DE', 'Cloud SQL for PostgreSQL: Zonal - vCPU in Iowa',
    'us-central1', 'adjustment', period_start - INTERVAL 1 MONTH, period_start - INTERVAL 1 MONTH + INTERVAL 1 DAY,
    0, NULL, -87.35, NULL, 'SLA_VIOLATION', NULL, true, 0
FROM month;
