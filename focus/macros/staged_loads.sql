{# One SELECT over the raw tables of some loads: columns a table has are cast, absent ones are
   typed NULLs, so that months with different columns stack.

   columns: list of [name, type]. Without loads the SELECT has these columns and no row.
   rest: name of one more column, a JSON object of what else the tables have, and then x_dialect,
   the load's. #}
{% macro staged_loads(loads, columns, rest=none) %}
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
      {% if rest %}
      , {{ string_literal(load.dialect) }} as x_dialect
      , {{ json_of_rest(present, columns) }} as {{ rest }}
      {% endif %}
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
      {% if rest %}
      , cast(null as varchar) as x_dialect
      , cast(null as json) as {{ rest }}
      {% endif %}
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


{# The columns of a raw table that `columns` does not name, as a JSON object without nulls; the
   billing period is the load's. #}
{% macro json_of_rest(present, columns) -%}
  {%- set named = columns | map(attribute=0) | list
      + ["billing_period", "billing_period_start", "billing_period_end", "_dlt_load_id"] -%}
  {%- set rest = {} -%}
  {%- for name, type in present.items() if name not in named -%}
    {%- do rest.update({name: type}) -%}
  {%- endfor -%}
  {{ adapter.dispatch('json_of_typed_columns')(rest) }}
{%- endmacro %}

{# JSON stays JSON; all else becomes text, so that no digit is lost. #}
{% macro duckdb__json_of_typed_columns(columns) -%}
  {%- if not columns -%}
  cast(null as json)
  {%- else -%}
  cast(nullif('{' || concat_ws(
    ','
    {%- for name, type in columns.items() %},
    {{ string_literal('"' ~ name ~ '":') }}
    {%- if type == 'JSON' %} || cast("{{ name }}" as varchar)
    {%- else %} || cast(to_json(nullif(cast("{{ name }}" as varchar), '')) as varchar)
    {%- endif -%}
    {%- endfor -%}
  ) || '}', '{}') as json)
  {%- endif -%}
{%- endmacro %}
