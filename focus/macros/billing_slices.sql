{# Materialization of cost_and_usage: replaces the slices of the loads that this run maps.

   A row stays when its load is current and was mapped before. All others go: former versions of
   restated months, removed exports, leftovers of a failed run. Then the model's rows, which are
   those of the loads to map, are added. One transaction, and each row is written once. #}
{% materialization billing_slices, adapter='duckdb' %}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set existing_relation = load_cached_relation(this) -%}
  {%- set starts_over = mapping_starts_over() -%}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {% do get_assert_columns_equivalent(sql) %}
  {% if starts_over %}
    {% if existing_relation is not none %}
      {% do adapter.drop_relation(existing_relation) %}
    {% endif %}
    {% call statement('create') -%}
      create table {{ target_relation }} {{ get_table_columns_and_constraints() }}
    {%- endcall %}
  {% else %}
    {% call statement('delete') -%}
      delete from {{ target_relation }}
      where "x_LoadId" not in (
        select load_id from ledger.loads where status = 'current' and transformed
      )
    {%- endcall %}
  {% endif %}

  {% set threads = few_threads() %}
  {% do keep_join_sides(true) %}
  {% call statement('main') -%}
    insert into {{ target_relation }} by name
    {{ sql }}
  {%- endcall %}
  {% do keep_join_sides(false) %}
  {% do set_threads(threads) %}

  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{# Every join of a mapping has the lines on its left and a small table on its right. Estimates of
   sets found in the lines are far too high, and a wrong guess would hash all lines, every column
   of them, in memory: while the mapping runs, joins stay as they are written. #}
{% macro keep_join_sides(kept) %}{{ adapter.dispatch('keep_join_sides')(kept) }}{% endmacro %}

{% macro duckdb__keep_join_sides(kept) %}
  {% if kept %}
    {% do run_query("set disabled_optimizers = 'join_order,build_side_probe_side'") %}
  {% else %}
    {% do run_query("reset disabled_optimizers") %}
  {% endif %}
{% endmacro %}


{# Map with as many threads as fill row groups of 122,880 rows, and return how many were allowed.
   What a thread inserts beyond its last full row group of a load is written a second time. #}
{% macro few_threads() %}{{ return(adapter.dispatch('few_threads')()) }}{% endmacro %}

{% macro duckdb__few_threads() %}
  {% set query %}
    select
      current_setting('threads') as allowed,
      greatest(1, least(current_setting('threads'), sum(rows) // count(*) // 245760)) as useful
    from ledger.loads
    where status = 'current' and not transformed
  {% endset %}
  {% set row = run_query(query).rows[0] %}
  {% do set_threads(row['useful']) %}
  {% do return(row['allowed']) %}
{% endmacro %}

{% macro set_threads(number) %}{{ adapter.dispatch('set_threads')(number) }}{% endmacro %}

{% macro duckdb__set_threads(number) %}
  {% do run_query("set threads = " ~ (number | int)) %}
{% endmacro %}
