{# Rows where a mart's sums differ from the invoices', by load, currency and the columns in `by`:
   no row means that the mart keeps every charge and every cent. #}
{% macro mart_differences(mart, by=[]) %}
with

mart as (

    select
        load_id,
        billing_currency,
        {% for column in by %}{{ column }},{% endfor %}
        sum(row_count) as row_count,
        sum(billed_cost) as billed_cost,
        sum(effective_cost) as effective_cost
    from {{ ref(mart) }}
    group by load_id, billing_currency{% for column in by %}, {{ column }}{% endfor %}


),

bill as (

    select
        load_id,
        billing_currency,
        sum(row_count) as row_count,
        sum(billed_cost) as billed_cost,
        sum(effective_cost) as effective_cost
    from {{ ref('invoices') }}
    group by load_id, billing_currency

)

select
    bill.load_id,
    bill.billing_currency,
    bill.billed_cost,
    mart.billed_cost as mart_billed_cost,
    bill.effective_cost,
    mart.effective_cost as mart_effective_cost
from bill
{{ 'inner' if by else 'full' }} join mart
    on
        bill.load_id = mart.load_id
        and bill.billing_currency = mart.billing_currency
where
    bill.row_count is distinct from mart.row_count
    or bill.billed_cost is distinct from mart.billed_cost
    or bill.effective_cost is distinct from mart.effective_cost
{% endmacro %}


{# Rows where a mart built straight from FOCUS differs from it, for the loads to check. `where`
   narrows the charges that the mart is about. #}
{% macro focus_differences(mart, where='true') %}
{%- set loads = loads_to_check() %}
with

focus as (

    select
        "x_LoadId" as load_id,
        "BillingCurrency" as billing_currency,
        count(*) as row_count,
        sum("BilledCost") as billed_cost,
        sum("EffectiveCost") as effective_cost
    from {{ ref('cost_and_usage') }}
    where
        {{ in_loads(loads) }}
        and {{ where }}
    group by "x_LoadId", "BillingCurrency"

),

mart as (

    select
        load_id,
        billing_currency,
        sum(row_count) as row_count,
        sum(billed_cost) as billed_cost,
        sum(effective_cost) as effective_cost
    from {{ ref(mart) }}
    where load_id in (
        {%- for load in loads %}{{ string_literal(load["load_id"]) }}, {% endfor -%} ''
    )
    group by load_id, billing_currency

)

select
    focus.load_id,
    focus.billing_currency,
    focus.billed_cost,
    mart.billed_cost as mart_billed_cost,
    focus.effective_cost,
    mart.effective_cost as mart_effective_cost
from focus
full join mart
    on
        focus.load_id = mart.load_id
        and focus.billing_currency = mart.billing_currency
where
    focus.row_count is distinct from mart.row_count
    or focus.billed_cost is distinct from mart.billed_cost
    or focus.effective_cost is distinct from mart.effective_cost
{% endmacro %}
