-- name = "Every metric by month"
-- display = "table"
-- description = "The product's metrics, month by month; a month that is open still grows."
-- [filters]
-- currency = true
-- period = "marts.daily_costs.billing_period"
-- provider = "marts.daily_costs.provider_name"
-- account = "marts.daily_costs.sub_account_id"
-- service = "marts.daily_costs.service_name"
-- [formats]
-- billed_cost = "money"
-- effective_cost = "money"
-- list_cost = "money"
-- contracted_cost = "money"
-- negotiated_savings = "money"
-- commitment_savings = "money"
-- unused_commitments = "money"
-- purchases = "money"
-- tax = "money"
-- credits = "money"
-- corrections = "money"
-- savings_rate = "percent"
-- coverage = "percent"
-- utilisation = "percent"

SELECT
    billing_period AS month,
    bool_or(load_id IN (SELECT load_id FROM marts.data_freshness WHERE is_partial)) AS is_open,
    coalesce(sum(billed_cost), 0) AS billed_cost,
    coalesce(sum(effective_cost), 0) AS effective_cost,
    coalesce(sum(list_cost), 0) AS list_cost,
    coalesce(sum(contracted_cost), 0) AS contracted_cost,
    coalesce(sum(negotiated_savings), 0) AS negotiated_savings,
    coalesce(sum(commitment_savings), 0) AS commitment_savings,
    cast(coalesce(sum(list_cost - priced_effective_cost), 0) AS DOUBLE)
        / nullif(cast(sum(list_cost) AS DOUBLE), 0) AS savings_rate,
    cast(coalesce(sum(contracted_cost) FILTER (pricing_category = 'Committed'), 0) AS DOUBLE)
        / nullif(cast(
            coalesce(sum(contracted_cost) FILTER (pricing_category = 'Committed'), 0)
            + coalesce(sum(eligible_cost), 0) AS DOUBLE
        ), 0) AS coverage,
    cast(coalesce(sum(effective_cost) FILTER (commitment_status = 'Used'), 0) AS DOUBLE)
        / nullif(cast(
            sum(effective_cost) FILTER (commitment_status IN ('Used', 'Unused')) AS DOUBLE
        ), 0) AS utilisation,
    coalesce(sum(effective_cost) FILTER (commitment_status = 'Unused'), 0) AS unused_commitments,
    coalesce(sum(billed_cost) FILTER (charge_category = 'Purchase'), 0) AS purchases,
    coalesce(sum(billed_cost) FILTER (charge_category = 'Tax'), 0) AS tax,
    coalesce(sum(billed_cost) FILTER (charge_category = 'Credit'), 0) AS credits,
    coalesce(sum(billed_cost) FILTER (charge_class = 'Correction'), 0) AS corrections
FROM marts.daily_costs
WHERE
    coalesce(billing_currency, 'no currency') = {{currency}}
    AND {{period}} AND {{provider}} AND {{account}} AND {{service}}
GROUP BY billing_period
ORDER BY month DESC
