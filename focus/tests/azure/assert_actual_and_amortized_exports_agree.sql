-- Warns with the months whose actual and amortized exports describe different usage: they were run
-- at different times, or for different scopes. The difference is a row of its own in FOCUS.
{{ config(severity='warn') }}
select
    "x_LoadId" as load_id,
    "BillingAccountId" as billing_account_id,
    "SubAccountId" as sub_account_id,
    "BillingCurrency" as billing_currency,
    sum("BilledCost") as billed_cost
from {{ ref('cost_and_usage') }}
where
    {{ in_loads(loads_to_check(['cost_pair'])) }}
    and "x_SourceLineItemType" = 'ActualNotInAmortized'
group by 1, 2, 3, 4
having sum("BilledCost") <> 0
