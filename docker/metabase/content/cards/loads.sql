-- name = "Deliveries"
-- display = "table"
-- description = "The last two hundred deliveries that were loaded."
-- [filters]
-- period = "ledger.loads.billing_period"

SELECT
    billing_period AS month,
    vendor,
    export,
    version_id AS version,
    status,
    rows AS lines,
    bytes,
    started_at,
    date_diff('second', started_at, finished_at) AS seconds
FROM ledger.loads
WHERE {{period}}
ORDER BY started_at DESC, load_id
LIMIT 200
