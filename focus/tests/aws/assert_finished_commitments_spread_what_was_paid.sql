-- Warns with commitments whose term is loaded whole and whose usage cost other than was paid (I4).
-- Terms that are not loaded from first to last month cannot be tested and are left out.
{{ config(severity='warn') }}
with

terms as (

    select
        "x_Export" as export,
        "CommitmentDiscountId" as commitment_discount_id,
        "BillingCurrency" as billing_currency,
        min("x_CommitmentStart") as commitment_start,
        max("x_CommitmentEnd") as commitment_end,
        sum("EffectiveCost") filter (where "ChargeCategory" = 'Usage') as spread,
        sum("BilledCost") filter (where "ChargeCategory" = 'Purchase') as paid
    from {{ ref('cost_and_usage') }}
    where "x_Vendor" = 'aws' and "CommitmentDiscountId" is not null
    group by 1, 2, 3

),

periods as (

    select
        export,
        min(billing_period) as first_period,
        max(billing_period) as last_period,
        count(distinct billing_period) as period_count
    from ledger.loads
    where status = 'current' and vendor = 'aws'
    group by export

)

select terms.*
from terms
inner join periods on terms.export = periods.export
where
    terms.commitment_start >= periods.first_period
    and terms.commitment_end < periods.last_period
    and periods.period_count
    = {{ datediff('periods.first_period', 'periods.last_period', 'month') }} + 1
    and abs(terms.spread - terms.paid) > 0.01 + 0.000001 * abs(terms.paid)
