-- Warns with commitments whose term is loaded whole and whose usage cost other than was paid (I4).
-- Terms that are not loaded from first to last month, or that another bill pays for, cannot be
-- tested and are left out. All months count, also those of former runs: hence the small mart.
{{ config(severity='warn') }}
with

terms as (

    select
        export,
        commitment_id,
        billing_currency,
        min(commitment_start) as commitment_start,
        max(commitment_end) as commitment_end,
        sum(used_cost + unused_cost) as spread,
        sum(upfront_fee + recurring_fee) as paid
    from {{ ref('commitment_use') }}
    where vendor = 'aws'
    group by export, commitment_id, billing_currency

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
    terms.paid <> 0
    and terms.commitment_start >= periods.first_period
    and terms.commitment_end < periods.last_period
    and periods.period_count
    = {{ datediff('periods.first_period', 'periods.last_period', 'month') }} + 1
    and abs(terms.spread - terms.paid) > 0.01 + 0.000001 * abs(terms.paid)
