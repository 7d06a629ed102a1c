-- name = "How fresh the data are"
-- display = "table"
-- description = "How far the usage of each export reaches, and when it was loaded."

SELECT
    vendor,
    export,
    max(billing_period) AS latest_month,
    arg_max(is_partial, billing_period) AS is_open,
    max(data_as_of) AS data_as_of,
    max(loaded_at) AS loaded_at,
    cast(sum(row_count) AS BIGINT) AS charges
FROM marts.data_freshness
GROUP BY vendor, export
ORDER BY vendor, export
