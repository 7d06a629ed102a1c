-- Fails with the loads whose costs differ between AWS's FOCUS export and ours (N-I1).
{%- set loads = loads_to_map('aws', ['focus_1_0', 'focus_1_2']) %}
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
    from {{ ref('stg_aws__focus') }}
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

select
    coalesce(export.load_id, focus.load_id) as load_id,
    export.billed_cost as export_billed_cost,
    focus.billed_cost as focus_billed_cost,
    export.effective_cost as export_effective_cost,
    focus.effective_cost as focus_effective_cost
from export
full join focus
    on
        export.load_id = focus.load_id
        and export.billing_currency is not distinct from focus.billing_currency
where
    export.row_count is distinct from focus.row_count
    or export.billed_cost is distinct from focus.billed_cost
    or export.effective_cost is distinct from focus.effective_cost
    or export.list_cost is distinct from focus.list_cost
    or export.contracted_cost is distinct from focus.contracted_cost
