-- One row per load, project and commitment pool: the part of the fee that no usage drew.
with

fees as (

    select
        x_load_id,
        x_export,
        billing_period_start,
        billing_account_id,
        project_id,
        currency,
        pool,
        max(project_name) as project_name,
        max(service_id) as service_id,
        max(service_description) as service_description,
        max(sku_id) as sku_id,
        max(sku_description) as sku_description,
        max(coalesce(location_region, location_location)) as region_id,
        max(currency_conversion_rate) as currency_conversion_rate,
        min(row_id) as row_id,
        sum(net_cost) as fee
    from {{ ref('int_gcp__lines') }}
    where is_fee
    group by
        x_load_id, x_export, billing_period_start, billing_account_id, project_id, currency, pool

),

idle as (

    select
        fees.*,
        pools.fee as pool_fee,
        pools.commitment_id,
        pools.is_spend,
        pools.unit,
        greatest(coalesce(pools.bought_units - pools.used_units, 0), 0) as idle_units,
        cast(pools.fee - coalesce(pools.weight * pools.rate, 0) as decimal(38, 18)) as idle,
        row_number() over (
            partition by fees.x_load_id, fees.billing_account_id, fees.currency, fees.pool
            order by fees.project_id nulls last
        ) as number
    from fees
    inner join {{ ref('int_gcp__pools') }} as pools
        using (x_load_id, billing_account_id, currency, pool)
    where pools.is_spread

),

shared as (

    select
        *,
        case
            when pool_fee = 0 then 0
            else try_cast(
                cast(idle as double) * (cast(fee as double) / cast(pool_fee as double))
                as decimal(28, 8)
            )
        end as own
    from idle

)

select
    *,
    -- The first project bears what rounding left.
    cast(
        case
            when number = 1
                then idle - coalesce(
                    sum(case when number > 1 then own end) over (
                        partition by x_load_id, billing_account_id, currency, pool
                    ), 0
                )
            else own
        end as decimal(38, 18)
    ) as idle_cost
from shared
