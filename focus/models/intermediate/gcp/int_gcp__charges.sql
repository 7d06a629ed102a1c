-- One row per FOCUS charge that comes from a line: the line itself, and the part of it that a
-- commitment covers, where its fee is spread.
--
-- A covered line has two sides: what the commitment pays for is billed by the fee's row (billed 0,
-- effective its share of the fee); what is left stays as billed. A line that is covered whole is
-- one row.
with

lines as (

    select
        lines.*,
        pools.is_spread,
        pools.commitment_id,
        pools.rate,
        pools.is_spend as is_spend_pool,
        pools.unit as commitment_unit,
        coalesce(pools.is_spread, false)
        and (lines.covered <> 0 or lines.spend_covered <> 0) as is_covered,
        coalesce(pools.is_spread, false)
        and (lines.covered <> 0 or lines.spend_covered <> 0)
        and lines.cost + lines.covered + lines.spend_covered = 0
        and lines.net_cost = 0 as is_covered_whole
    from {{ ref('int_gcp__lines') }} as lines
    left join {{ ref('int_gcp__pools') }} as pools
        on
            lines.x_load_id = pools.x_load_id
            and lines.billing_account_id = pools.billing_account_id
            and lines.currency = pools.currency
            and lines.pool = pools.pool

),

legs as (

    select
        *,
        'line' as leg,
        net_cost as billed_cost,
        case when is_fee and is_spread then 0 else net_cost end as effective_cost,
        {{ gcp_left_over('cost_at_list') }} as part_list_cost,
        coalesce(
            case when is_priced_by_commitment then cost_at_effective_price_default end, cost
        ) + case when is_covered then covered + spend_covered else 0 end as part_contracted_cost,
        {{ gcp_left_over('usage_amount') }} as part_usage_amount,
        {{ gcp_left_over('usage_amount_in_pricing_units') }} as part_pricing_amount
    from lines
    where not is_covered_whole
    union all by name
    select
        *,
        'covered' as leg,
        cast(0 as decimal(38, 18)) as billed_cost,
        cast({{ gcp_weight('covered') }} * rate as decimal(38, 18)) as effective_cost,
        {{ gcp_covered_part('cost_at_list', 'covered') }} as part_list_cost,
        -covered as part_contracted_cost,
        {{ gcp_covered_part('usage_amount', 'covered') }} as part_usage_amount,
        {{ gcp_covered_part('usage_amount_in_pricing_units', 'covered') }} as part_pricing_amount
    from lines
    where covered <> 0 and is_covered
    union all by name
    select
        lines.* replace (
            pools.rate as rate,
            pools.commitment_id as commitment_id,
            pools.is_spend as is_spend_pool,
            pools.unit as commitment_unit
        ),
        'spend' as leg,
        cast(0 as decimal(38, 18)) as billed_cost,
        cast({{ gcp_weight('spend_covered') }} * pools.rate as decimal(38, 18)) as effective_cost,
        {{ gcp_covered_part('cost_at_list', 'spend_covered') }} as part_list_cost,
        -spend_covered as part_contracted_cost,
        {{ gcp_covered_part('usage_amount', 'spend_covered') }} as part_usage_amount,
        {{ gcp_covered_part('usage_amount_in_pricing_units', 'spend_covered') }}
            as part_pricing_amount
    from lines
    inner join {{ ref('int_gcp__pools') }} as pools
        on
            lines.x_load_id = pools.x_load_id
            and lines.billing_account_id = pools.billing_account_id
            and lines.currency = pools.currency
            and lines.spend_pool = pools.pool
    where lines.spend_covered <> 0 and lines.is_covered

)

select
    *,
    case
        when leg = 'line' or (is_covered_whole and (leg = 'covered' or covered = 0)) then row_id
        else row_id || '#' || leg
    end as x_source_row_id,
    case
        when leg <> 'line' and not (is_covered_whole and (leg = 'covered' or covered = 0))
            then row_id
    end as x_parent_row_id
from legs
