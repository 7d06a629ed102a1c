-- Fails with the loads whose costs differ between Azure's FOCUS export and ours (N-I1).
{%- set loads = loads_to_map('azure', azure_focus_dialects()) %}
with

export as (

    select
        x_load_id as load_id,
        billing_currency,
        count(*) as row_count,
        sum(billed_cost) as billed_cost,
        sum(effective_cost) as effective_cost,
        sum(list_cost) as list_cost,
        sum(contracted_cost) as contracted_cost
    from {{ ref('stg_azure__focus') }}
    group by 1, 2

),

focus as (

    select
        "x_LoadId" as load_id,
        "BillingCurrency" as billing_currency,
        count(*) as row_count,
        sum("BilledCost") as billed_cost,
        sum("EffectiveCost") as effective_cost,
        sum("ListCost") as list_cost,
        sum("ContractedCost") as contracted_cost
    from {{ ref('cost_and_usage') }}
    where
        "x_LoadId" in (select load_id from export)
        or {{ in_loads(loads) }}
    group by 1, 2

)

{{ differences(
    'export', 'focus', ['load_id', 'billing_currency'],
    ['row_count', 'billed_cost', 'effective_cost', 'list_cost', 'contracted_cost']
) }}
