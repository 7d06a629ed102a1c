-- One row per load, billing account, currency and commitment pool: its fee, and what one unit of
-- credit costs of it.
--
-- Google bills a commitment's fee in one line and grants its credits in others, and no id joins
-- the two. What they have in common is a pool: machine family, kind of resource and region, or
-- for commitments to spend the service. A pool's fee is spread over its credits, the rest is
-- unused. Where credits of a billing account have no fee, nothing of that account is spread.
with

fees as (

    select
        x_load_id,
        billing_account_id,
        currency,
        pool,
        sum(net_cost) as fee,
        sum(cast(usage_amount_in_pricing_units as decimal(28, 6))) as bought_units,
        min(subscription_instance_id) as first_subscription,
        max(subscription_instance_id) as last_subscription,
        max(usage_pricing_unit) as unit,
        bool_or(is_spend_fee) as is_spend
    from {{ ref('int_gcp__lines') }}
    where is_fee
    group by x_load_id, billing_account_id, currency, pool

),

drawn as (

    select
        x_load_id,
        billing_account_id,
        currency,
        resource_pool as pool,
        {{ gcp_weight('covered') }} as weight,
        {{ gcp_used_units('covered') }} as used_units
    from {{ ref('int_gcp__lines') }}
    where covered <> 0
    union all
    select
        x_load_id,
        billing_account_id,
        currency,
        spend_pool as pool,
        {{ gcp_weight('spend_covered') }} as weight,
        cast(null as decimal(28, 6)) as used_units
    from {{ ref('int_gcp__lines') }}
    where spend_covered <> 0

),

credits as (

    select
        x_load_id,
        billing_account_id,
        currency,
        pool,
        sum(weight) as weight,
        sum(used_units) as used_units
    from drawn
    group by x_load_id, billing_account_id, currency, pool

),

pools as (

    select
        x_load_id,
        billing_account_id,
        currency,
        pool,
        coalesce(fees.fee, 0) as fee,
        fees.bought_units,
        coalesce(credits.weight, 0) as weight,
        credits.used_units,
        coalesce(fees.unit, 'Units') as unit,
        coalesce(fees.is_spend, starts_with(pool, 'spend/')) as is_spend,
        case
            when fees.first_subscription = fees.last_subscription then fees.first_subscription
        end as subscription_id
    from fees
    full join credits using (x_load_id, billing_account_id, currency, pool)

)

select
    *,
    coalesce(
        nullif(subscription_id, ''),
        billing_account_id || '/commitments/' || pool
    ) as commitment_id,
    bool_and(weight = 0 or (weight > 0 and fee > 0)) over (
        partition by x_load_id, billing_account_id, currency
    ) as is_spread,
    {{ gcp_rate() }} as rate
from pools
