-- name = "Services without a category"
-- display = "table"
-- description = "Services that the seeds do not know, and what they cost."
-- [filters]
-- currency = true
-- [formats]
-- cost = "money"

SELECT
    vendor,
    coalesce(service_name, service_code) AS service,
    cast(sum(row_count) AS BIGINT) AS charges,
    sum(effective_cost) AS cost
FROM focus.unmapped_services
WHERE coalesce(billing_currency, 'no currency') = {{currency}}
GROUP BY vendor, coalesce(service_name, service_code)
ORDER BY cost DESC, service
LIMIT 200
