-- The metrics of the product, as SQL on the mart named in source_mart. Pages and the terminal
-- take their formulas from here.
{{ config(materialized='table') }}

{% for metric in metric_definitions() %}
select
    {{ loop.index }} as position,
    {{ string_literal(metric.name) }} as metric,
    {{ string_literal(metric.label) }} as label,
    {{ string_literal(metric.unit) }} as unit,
    {{ string_literal(metric.source) }} as source_mart,
    {{ string_literal(metric_sql(metric) | replace('\n    ', ' ')) }} as formula,
    {{ string_literal(metric.description) }} as description
{{ "union all" if not loop.last }}
{% endfor %}
