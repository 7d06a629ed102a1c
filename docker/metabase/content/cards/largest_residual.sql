-- name = "Largest difference to the source"
-- display = "scalar"
-- description = "0 where FOCUS holds what the files sum to, in every month, exact in decimal."
-- [filters]
-- currency = true
-- period = "ledger.reconciliation.billing_period"
-- [formats]
-- largest_residual = "money"

WITH months AS (
    SELECT
        abs(sum(focus_billed) - sum(source_billed)) AS billed,
        abs(sum(focus_effective) - sum(source_effective)) AS effective
    FROM ledger.reconciliation
    WHERE
        load_id IN (SELECT load_id FROM ledger.loads WHERE status = 'current')
        AND coalesce(currency, 'no currency') = {{currency}}
        AND {{period}}
    GROUP BY billing_period, vendor, export
)

SELECT coalesce(max(greatest(billed, effective)), 0) AS largest_residual
FROM months
