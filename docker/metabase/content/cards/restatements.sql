-- name = "Months that providers restated"
-- display = "table"
-- description = "What a later delivery of the same month changed."
-- [filters]
-- currency = true
-- period = "ledger.reconciliation.billing_period"
-- [formats]
-- former_billed = "money"
-- billed = "money"
-- change = "money"

WITH sums AS (
    SELECT
        load_id,
        billing_period,
        sum(source_billed) AS billed,
        sum(source_effective) AS effective
    FROM ledger.reconciliation
    WHERE
        coalesce(currency, 'no currency') = {{currency}}
        AND {{period}}
    GROUP BY load_id, billing_period
)

SELECT
    former.billing_period AS month,
    former.export,
    later.finished_at AS restated_at,
    coalesce(first.billed, 0) AS former_billed,
    coalesce(second.billed, 0) AS billed,
    coalesce(second.billed, 0) - coalesce(first.billed, 0) AS change
FROM ledger.loads AS former
INNER JOIN ledger.loads AS later
    ON former.superseded_by = later.load_id AND former.version_id <> later.version_id
LEFT JOIN sums AS first ON former.load_id = first.load_id
LEFT JOIN sums AS second ON later.load_id = second.load_id
WHERE
    former.status = 'superseded'
    AND (
        coalesce(first.billed, 0) <> coalesce(second.billed, 0)
        OR first.effective IS DISTINCT FROM second.effective
    )
ORDER BY restated_at DESC, former.export
