-- One month in the columns and types of the detailed billing export: costs are doubles, times UTC.

CREATE VIEW line AS
SELECT u.project, u.service_id, u.service, u.sku_id, replace(u.description, '{place}', u.place) AS description,
    u.region, 'regular' AS cost_type, u.start_at, u.end_at, u.quantity, u.unit, u.cost,
    u.list_cost, u.own_cost, u.list_price, u.own_price, u.usage_unit, u.per_unit, u.machine,
    replace(replace(replace(replace(u.address, '{project}', u.project), '{zone}', coalesce(u.zone, u.region)),
        '{region}', u.region), '{id}', u.id) AS global_name,
    concat(u.sku, '-', u.id) AS resource_name, u.zone, u.country, u.credit_list, u.is_priced,
    NULL AS subscription, NULL AS adjustment,
    CASE WHEN u.service = 'Confluent Cloud' THEN 'Confluent, Inc.' END AS seller, false AS late, u.resource AS seed
FROM credited AS u
UNION ALL BY NAME
SELECT c.* EXCLUDE (offset_credit),
    CASE WHEN c.offset_credit <> 0 THEN [{'name': 'Fee utilization offset', 'amount': c.offset_credit,
        'full_name': 'Cloud SQL CUD 1 Year', 'id': 'offset-0a1b', 'type': 'FEE_UTILIZATION_OFFSET'}]
        ELSE [] END AS credit_list,
    false AS is_priced, 0 AS seed
FROM charge AS c;

CREATE VIEW bill AS
SELECT '01D3M0-F1N0P5-C0FFEE' AS billing_account_id,
    {'id': l.service_id, 'description': l.service} AS service,
    {'id': l.sku_id, 'description': l.description} AS sku,
    CAST(l.start_at AS TIMESTAMPTZ) AS usage_start_time,
    CAST(l.end_at AS TIMESTAMPTZ) AS usage_end_time,
    {'id': l.project, 'number': p.number, 'name': p.name,
        'labels': list_filter([{'key': 'team', 'value': p.team}, {'key': 'env', 'value': p.env},
            {'key': 'cost_center', 'value': p.cost_center}], lambda t: t.value IS NOT NULL),
        'ancestry_numbers': '/1048576/2097152/'} AS project,
    -- One resource in seven has a label of its own, which wins over the project's.
    CASE WHEN l.seed % 7 = 3 THEN [{'key': 'env', 'value': 'canary'}, {'key': 'app', 'value': l.resource_name}]
        WHEN l.seed > 0 AND l.seed % 5 <> 0 THEN [{'key': 'app', 'value': l.resource_name}]
        ELSE [] END AS labels,
    CASE WHEN l.machine IS NOT NULL
        THEN [{'key': 'compute.googleapis.com/machine_spec', 'value': l.machine},
            {'key': 'compute.googleapis.com/cores', 'value': '8'},
            {'key': 'compute.googleapis.com/memory', 'value': '32768'}]
        ELSE [] END AS system_labels,
    {'location': l.region, 'country': l.country, 'region': CASE WHEN l.region LIKE '%-%' THEN l.region END,
        'zone': l.zone} AS location,
    {'name': l.resource_name, 'global_name': nullif(l.global_name, '')} AS resource,
    CASE WHEN p.folder = 'Retail'
        THEN [{'key': 'business_unit', 'value': p.folder, 'inherited': true, 'namespace': '1048576'}]
        ELSE [] END AS tags,
    {'effective_price': CAST(CASE WHEN l.is_priced THEN l.own_price * 0.75 ELSE l.own_price END AS DECIMAL(28, 9)),
        'tier_start_amount': CAST(0 AS DECIMAL(28, 9)), 'unit': l.unit,
        'pricing_unit_quantity': CAST(1 AS DECIMAL(28, 9)), 'list_price': CAST(l.list_price AS DECIMAL(28, 9)),
        'effective_price_default': CAST(l.own_price AS DECIMAL(28, 9))} AS price,
    {'instance_id': l.subscription} AS subscription,
    CAST(CASE WHEN l.late THEN m.period_end + INTERVAL 6 DAY ELSE l.end_at + INTERVAL 4 HOUR END AS TIMESTAMPTZ)
        AS export_time,
    CAST(l.cost AS DOUBLE) AS cost,
    'USD' AS currency,
    CAST(1 AS DOUBLE) AS currency_conversion_rate,
    {'amount': round(CAST(l.quantity AS DOUBLE) * coalesce(l.per_unit, 3600)), 'unit': coalesce(l.usage_unit, 'seconds'),
        'amount_in_pricing_units': CAST(l.quantity AS DOUBLE), 'pricing_unit': l.unit} AS usage,
    list_transform(l.credit_list, lambda c: {'name': c.name, 'amount': CAST(c.amount AS DOUBLE),
        'full_name': c.full_name, 'id': c.id, 'type': c.type}) AS credits,
    {'month': strftime(m.period_start, '%Y%m'), 'publisher_type': CASE WHEN l.seller IS NULL THEN 'GOOGLE' ELSE 'PARTNER' END}
        AS invoice,
    l.cost_type,
    {'id': CASE WHEN l.adjustment IS NOT NULL THEN 'adj-4711' END,
        'description': CASE WHEN l.adjustment IS NOT NULL THEN 'Service level missed' END,
        'mode': CASE WHEN l.adjustment IS NOT NULL THEN 'MANUAL_ADJUSTMENT' END, 'type': l.adjustment} AS adjustment_info,
    CASE WHEN l.cost_type = 'regular' THEN CASE WHEN l.seller IS NULL THEN 'GOOGLE' ELSE 'THIRD_PARTY_RESELLER' END END
        AS transaction_type,
    l.seller AS seller_name,
    CAST(l.list_cost AS DOUBLE) AS cost_at_list,
    CAST(coalesce(l.own_cost, l.cost) AS DOUBLE) AS cost_at_effective_price_default,
    CASE WHEN l.is_priced THEN {'id': '7754-699E-0EBF', 'description': 'Cloud SQL CUD - 1 Year'}
        ELSE {'id': '', 'description': 'Default'} END AS consumption_model,
    l.late
FROM line AS l
LEFT JOIN project_plan AS p ON p.project = l.project
CROSS JOIN month AS m;
