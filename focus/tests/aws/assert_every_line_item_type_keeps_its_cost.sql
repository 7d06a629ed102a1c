-- Fails with the line item types whose lines or costs differ between the bill and FOCUS (I1, I2,
-- A-I1, A-I6). Covered usage and its negation count as one type, for they are netted.
{%- set loads = loads_to_map('aws', ['cur_1', 'cur_2']) %}
with

bill as (

    select
        lines.x_load_id as load_id,
        case
            when lines.line_item_line_item_type = 'SavingsPlanNegation'
                then 'SavingsPlanCoveredUsage'
            else lines.line_item_line_item_type
        end as line_item_type,
        count(*) filter (
            where lines.line_item_line_item_type is distinct from 'SavingsPlanNegation'
        ) as row_count,
        sum({{ line_cost() }}) as billed_cost,
        sum({{ amortized_cost() }}) as effective_cost
    from {{ ref('stg_aws__line_items') }} as lines
    left join {{ ref('int_aws__payer_bases') }} as bases
        on
            lines.x_load_id = bases.x_load_id
            and lines.bill_payer_account_id is not distinct from bases.bill_payer_account_id
    group by 1, 2
    -- Negation alone, which adds up to nothing, leaves no row in FOCUS.
    having row_count > 0 or billed_cost <> 0

),

focus as (

    select
        "x_LoadId" as load_id,
        case
            when "x_SourceLineItemType" = 'SavingsPlanNegation' then 'SavingsPlanCoveredUsage'
            else "x_SourceLineItemType"
        end as line_item_type,
        count(*) filter (
            where
            "x_SourceLineItemType" is distinct from 'SavingsPlanNegation'
            and "x_ParentRowId" is null
        ) as row_count,
        sum("BilledCost") as billed_cost,
        sum("EffectiveCost") as effective_cost
    from {{ ref('cost_and_usage') }}
    where
        "x_LoadId" in (select load_id from bill)
        or {{ in_loads(loads) }}
    group by 1, 2

)

{{ differences(
    'bill', 'focus', ['load_id', 'line_item_type'], ['row_count', 'billed_cost', 'effective_cost']
) }}
