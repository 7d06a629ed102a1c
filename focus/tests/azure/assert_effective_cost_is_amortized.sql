-- Warns with the months that have no amortized export: their EffectiveCost is their BilledCost.
{{ config(severity='warn') }}
{%- set loads = loads_to_check(['cost_actual']) %}

{% for load in loads %}
select
    {{ string_literal(load.load_id) }} as load_id,
    {{ string_literal(load.export) }} as export,
    {{ string_literal(load.billing_period) }} as billing_period
{{ "union all" if not loop.last }}
{% else %}
select
    cast(null as varchar) as load_id,
    cast(null as varchar) as export,
    cast(null as varchar) as billing_period
where false
{% endfor %}
