{# Marts are kept in slices, one per load, so that a restated month rebuilds only its own rows.

   A mart has a column load_id. A slice stays when its load is current and was mapped in an
   earlier run; all others are deleted, and the model adds those of the loads that this run maps
   and those that are missing. A new column in the model's yml rebuilds the mart whole. #}
{% materialization mart_slices, adapter='duckdb' %}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set existing_relation = load_cached_relation(this) -%}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {% if mart_starts_over() %}
    {% if existing_relation is not none %}
      {% do adapter.drop_relation(existing_relation) %}
    {% endif %}
    {% call statement('main') -%}
      create table {{ target_relation }} as
      {{ sql }}
    {%- endcall %}
  {% else %}
    {% call statement('delete') -%}
      delete from {{ target_relation }}
      where load_id not in (
        select load_id from ledger.loads where status = 'current' and transformed
      )
    {%- endcall %}
    {% call statement('main') -%}
      insert into {{ target_relation }} by name
      {{ sql }}
    {%- endcall %}
  {% endif %}

  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{# The WHERE condition that picks the charges of the slices this run adds. #}
{% macro in_mart_slices(load_id) -%}
  {%- if not execute or mart_starts_over() -%}
    true
  {%- else -%}
    {%- set loads = missing_slices() -%}
    {%- if loads -%}
      {{ load_id }} in (
        {%- for load in loads %}{{ string_literal(load) }}{{ ", " if not loop.last }}{% endfor -%}
      )
    {%- else -%}
      false
    {%- endif -%}
  {%- endif -%}
{%- endmacro %}


{# Load ids of the slices to add: not mapped before this run, or not in the mart. #}
{% macro missing_slices() %}
  {% set query %}
    select load_id
    from ledger.loads
    where status = 'current'
      and (not transformed or load_id not in (select load_id from {{ this }}))
    order by load_id
  {% endset %}
  {% do return(run_query(query).columns[0].values() | list) %}
{% endmacro %}


{# True when no slice can stay: the mart is new, has other columns, or is refreshed whole. #}
{% macro mart_starts_over() %}
  {% if flags.FULL_REFRESH or load_cached_relation(this) is none %}{% do return(true) %}{% endif %}
  {% set present = run_query("describe " ~ this).columns[0].values() | list %}
  {% do return(present | sort != model.columns.keys() | list | sort) %}
{% endmacro %}


{# Whose slice a row is: from the ledger, so that marts need not group by what the load implies. #}
{% macro slice_columns() -%}
    loads.load_id,
    loads.vendor,
    loads.export,
    loads.billing_period
{%- endmacro %}

{% macro join_slice() -%}
inner join ledger.loads as loads on grouped.load_id = loads.load_id
{%- endmacro %}


{# The day on which a charge counts: its own, or the nearest day of the month that bills it, so that
   the days of a month add up to its invoice. #}
{% macro cost_date(charge_date, billing_period) -%}
  greatest({{ billing_period }}, least({{ charge_date }}, last_day({{ billing_period }})))
{%- endmacro %}
