-- name = "Source beside FOCUS"
-- display = "table"
-- description = "Each month of each export: what the files sum to, and what FOCUS holds."
-- [filters]
-- currency = true
-- period = "ledger.reconciliation.billing_period"
-- [formats]
-- source_billed = "money"
-- focus_billed = "money"
-- billed_residual = "money"
-- source_effective = "money"
-- focus_effective = "money"
-- effective_residual = "money"

SELECT
    billing_period AS month,
    vendor,
    export,
    cast(sum(source_rows) AS BIGINT) AS lines,
    sum(source_billed) AS source_billed,
    sum(focus_billed) AS focus_billed,
    sum(focus_billed) - sum(source_billed) AS billed_residual,
    sum(source_effective) AS source_effective,
    sum(focus_effective) AS focus_effective,
    sum(focus_effective) - sum(source_effective) AS effective_residual
FROM ledger.reconciliation
WHERE
    load_id IN (SELECT load_id FROM ledger.loads WHERE status = 'current')
    AND coalesce(currency, 'no currency') = {{currency}}
    AND {{period}}
GROUP BY billing_period, vendor, export
ORDER BY month DESC, vendor, export
