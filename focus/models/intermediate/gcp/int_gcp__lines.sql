-- One row per line of the export, classified, with the money that its credits leave.
--
-- Credits lie inside the line that they reduce and are never joined to it: their sums stand in
-- columns of their own since the load. Promotions become rows of their own in int_gcp__promotions.
-- Only regular lines draw on commitments: a credit on tax or an adjustment lowers that line alone.
with

lines as (

    select
        * replace (
            nullif(project_id, '') as project_id,
            nullif(location_region, '') as location_region,
            nullif(location_location, '') as location_location,
            coalesce(x_credits_total, 0) as x_credits_total,
            coalesce(x_credits_promotion, 0) as x_credits_promotion,
            coalesce(x_credits_commitment, 0) as x_credits_commitment,
            coalesce(x_credits_spend_commitment, 0) as x_credits_spend_commitment,
            coalesce(x_credits_fee_offset, 0) as x_credits_fee_offset
        ),
        coalesce(cost_type, 'regular') = 'regular' as is_regular
    from {{ ref('stg_gcp__line_items') }}

),

fees as (

    select
        *,
        is_regular and ({{ gcp_is_fee() }}) as is_fee
    from lines

),

told_apart as (

    select
        *,
        case when is_fee then {{ gcp_is_spend() }} end as is_spend_fee,
        case
            when is_fee or (is_regular and x_credits_commitment <> 0) then {{ gcp_resource_pool() }}
        end as resource_pool,
        case
            when is_fee or (is_regular and x_credits_spend_commitment <> 0)
                then 'spend/' || coalesce(service_id, '')
        end as spend_pool,
        is_regular and coalesce(consumption_model_description, '') <> '' and not regexp_matches(
            consumption_model_description,
            '(?i)default|pay.as.you.go|on.demand|spot|preemptible'
        ) as is_priced_by_commitment,
        is_regular and (
            sku_description ilike '%spot%' or sku_description ilike '%preemptible%'
            or consumption_model_description ilike '%spot%'
            or consumption_model_description ilike '%preemptible%'
        ) as is_spot
    from fees

)

select
    *,
    cost + x_credits_total - x_credits_promotion as net_cost,
    case when is_regular and not is_fee then x_credits_commitment else 0 end as covered,
    case when is_regular and not is_fee then x_credits_spend_commitment else 0 end
        as spend_covered,
    case
        when is_fee and is_spend_fee then spend_pool
        when resource_pool is not null then resource_pool
        when spend_pool is not null then spend_pool
        when is_priced_by_commitment then 'spend/' || coalesce(service_id, '')
    end as pool,
    case
        when is_fee then 'Purchase'
        when is_regular then 'Usage'
        when cost_type = 'tax' then 'Tax'
        else 'Adjustment'
    end as charge_category,
    case
        when adjustment_info_id <> '' and usage_start_time < billing_period_start
            then 'Correction'
    end as charge_class,
    coalesce(nullif(resource_global_name, ''), nullif(resource_name, '')) as resource_id,
    -- The export has no row id: what tells its lines apart.
    md5(concat_ws(
        '|', billing_account_id, project_id, service_id, sku_id, cost_type, usage_start_time,
        usage_end_time, resource_global_name, resource_name, location_zone, location_region,
        consumption_model_id, subscription_instance_id, price_tier_start_amount, usage_amount,
        cost, x_credits_total, labels
    )) as row_id
from told_apart
