-- Every metric of every month and currency, over all vendors and exports.
{{ config(materialized='table') }}

{%- set sources = ['daily_costs', 'tag_coverage'] -%}

with

{% for source in sources %}
{{ source }}_metrics as (

    select
        billing_period,
        billing_currency,
        {% for metric in metric_definitions() if metric.source == source %}
        {{ metric_sql(metric) }} as {{ metric.name }}{{ "," if not loop.last }}
        {% endfor %}
    from {{ ref(source) }}
    group by billing_period, billing_currency

),

{% endfor %}
periods as (

    select
        billing_period,
        bool_or(is_partial) as is_partial,
        max(data_as_of) as data_as_of
    from {{ ref('data_freshness') }}
    group by billing_period

)

select
    costs.billing_period,
    costs.billing_currency,
    periods.is_partial,
    periods.data_as_of,
    {% for metric in metric_definitions() %}
    {{ 'costs' if metric.source == 'daily_costs' else 'tags' }}.{{ metric.name }}
    {{- "," if not loop.last }}
    {% endfor %}
from daily_costs_metrics as costs
left join tag_coverage_metrics as tags
    on
        costs.billing_period = tags.billing_period
        and costs.billing_currency is not distinct from tags.billing_currency
left join periods on costs.billing_period = periods.billing_period
