-- name = "Sums that differ from the source"
-- display = "scalar"
-- description = "Of month, account and currency; 0 is what it must be."

SELECT
    count(*) FILTER (
        focus_billed <> source_billed OR focus_effective <> source_effective
    ) AS differences
FROM ledger.reconciliation
WHERE load_id IN (SELECT load_id FROM ledger.loads WHERE status = 'current')
