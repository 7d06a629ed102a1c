-- Fails with a row per month and currency in which the summary differs from the invoices.
with

bill as (

    select
        billing_period,
        billing_currency,
        sum(billed_cost) as billed_cost,
        sum(effective_cost) as effective_cost
    from {{ ref('invoices') }}
    group by billing_period, billing_currency

)

select
    bill.billing_period,
    bill.billing_currency,
    bill.billed_cost,
    summary.billed_cost as summary_billed_cost
from bill
full join {{ ref('monthly_summary') }} as summary
    on
        bill.billing_period = summary.billing_period
        and bill.billing_currency is not distinct from summary.billing_currency
where
    bill.billed_cost is distinct from summary.billed_cost
    or bill.effective_cost is distinct from summary.effective_cost
