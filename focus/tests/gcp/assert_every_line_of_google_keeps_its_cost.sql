-- Fails with the loads and cost types whose lines or costs differ between the export and FOCUS:
-- cost and credits (G-I1), rows (G-I2), promotions in rows of their own (G-I3).
{%- set loads = loads_to_map('gcp', ['gcp_standard', 'gcp_detailed']) %}
with

export as (

    select
        x_load_id as load_id,
        currency,
        count(*) as row_count,
        sum(cost) + sum(x_credits_total) as billed_cost,
        sum(x_credits_promotion) as promotions
    from {{ ref('stg_gcp__line_items') }}
    group by 1, 2

),

focus as (

    select
        "x_LoadId" as load_id,
        "BillingCurrency" as currency,
        count(*) filter (where "x_ParentRowId" is null) as row_count,
        sum("BilledCost") as billed_cost,
        coalesce(sum("BilledCost") filter (where "ChargeCategory" = 'Credit'), 0) as promotions
    from {{ ref('cost_and_usage') }}
    where
        "x_LoadId" in (select load_id from export)
        or {{ in_loads(loads) }}
    group by 1, 2

)

{{ differences(
    'export', 'focus', ['load_id', 'currency'], ['row_count', 'billed_cost', 'promotions']
) }}
