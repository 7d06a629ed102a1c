{# One SELECT over the raw tables of some loads: columns a table has are cast, absent ones are
   typed NULLs, so that months with different columns stack.

   columns: list of [name, type]. Without loads the SELECT has these columns and no row. #}
{% macro staged_loads(loads, columns) %}
  {% set tables = raw_columns(loads) %}
  {% for load in loads %}
    {% set present = tables[load.raw_table] %}
    select
      {{ string_literal(load.load_id) }} as x_load_id,
      {{ string_literal(load.export) }} as x_export,
      cast({{ string_literal(load.billing_period) }} as timestamp) as billing_period_start,
      {% for name, type in columns %}
      {{ staged_column(name, type, present.get(name)) }} as {{ name }}{{ "," if not loop.last }}
      {% endfor %}
    from {{ quoted_table(load.raw_table) }}
    where billing_period = cast({{ string_literal(load.billing_period) }} as date)
    {{ "union all" if not loop.last }}
  {% else %}
    select
      cast(null as varchar) as x_load_id,
      cast(null as varchar) as x_export,
      cast(null as timestamp) as billing_period_start,
      {% for name, type in columns %}
      cast(null as {{ type }}) as {{ name }}{{ "," if not loop.last }}
      {% endfor %}
    where false
  {% endfor %}
{% endmacro %}


{% macro staged_column(name, type, present_type) -%}
  {%- if not present_type -%}
    cast(null as {{ type }})
  {%- elif present_type | lower == type | lower -%}
    {{ name }}
  {%- else -%}
    cast({{ name }} as {{ type }})
  {%- endif -%}
{%- endmacro %}
