-- Warns with cost types and credits that the mapping does not know. A cost type is an Adjustment,
-- and a credit lowers its line, until it does.
{{ config(severity='warn') }}
with

credits as (

    select
        x_load_id as load_id,
        coalesce(credit.type, 'none') as kind,
        cast(credit.amount as decimal(38, 18)) as amount
    from (
        select
            x_load_id,
            unnest({{ gcp_credits('credits') }}) as credit
        from {{ ref('stg_gcp__line_items') }}
        where cast(credits as varchar) like '%amount%'
    ) as granted

)

select
    x_load_id as load_id,
    'cost type' as what,
    cost_type as kind,
    count(*) as row_count,
    sum(cost) as cost
from {{ ref('stg_gcp__line_items') }}
where cost_type not in ('regular', 'tax', 'adjustment', 'rounding_error', 'roundoff')
group by 1, 2, 3

union all

select
    load_id,
    'credit' as what,
    kind,
    count(*) as row_count,
    sum(amount) as cost
from credits
where kind not in (
    'COMMITTED_USAGE_DISCOUNT', 'COMMITTED_USAGE_DISCOUNT_DOLLAR_BASE', 'COMMITTED_USE_DISCOUNT',
    'SUSTAINED_USAGE_DISCOUNT', 'SUSTAINED_USE_DISCOUNT', 'DISCOUNT', 'SPENDING_BASED_DISCOUNT',
    'FREE_TIER', 'PROMOTION', 'RESELLER_MARGIN', 'SUBSCRIPTION_BENEFIT', 'FEE_UTILIZATION_OFFSET',
    'none'
)
group by 1, 2, 3
