-- Fails with the charge types whose lines or costs differ between the exports and FOCUS: of a pair
-- all amortized lines, and the actual export's purchases and refunds of commitments (Z-I2, Z-I3);
-- of an actual export alone all lines.
{%- set loads = loads_to_map('azure', ['cost_pair', 'cost_actual']) %}
with

bill as (

    select
        x_load_id as load_id,
        charge_type,
        count(*) as row_count,
        sum(case when is_paired and source_dataset = 'actual' then 0 else cost_in_billing_currency end)
            as effective_cost
    from {{ ref('int_azure__classified') }}
    where
        not is_paired
        or source_dataset = 'amortized'
        or kind in ('bought', 'returned')
    group by 1, 2

),

focus as (

    select
        "x_LoadId" as load_id,
        "x_SourceLineItemType" as charge_type,
        count(*) as row_count,
        sum("EffectiveCost") as effective_cost
    from {{ ref('cost_and_usage') }}
    where
        ("x_LoadId" in (select load_id from bill) or {{ in_loads(loads) }})
        and "x_SourceLineItemType" is distinct from 'ActualNotInAmortized'
    group by 1, 2

)

{{ differences('bill', 'focus', ['load_id', 'charge_type'], ['row_count', 'effective_cost']) }}
