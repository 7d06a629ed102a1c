{# The schema ledger is written before dbt starts; these macros read it while models render. #}


{# The loads this run maps: those the ledger calls pending, or every current load when
   cost_and_usage is missing, has other columns than its contract, or is refreshed whole.
   Staging and intermediate views hold these loads and nothing else. #}
{% macro loads_to_map(vendor, dialects) %}
  {% if not execute %}{% do return([]) %}{% endif %}
  {% set query %}
    select load_id, export, billing_period, dialect, raw_table
    from ledger.loads
    where status = 'current'
      and vendor = {{ string_literal(vendor) }}
      and dialect in ({{ string_literals(dialects) }})
      {% if not mapping_starts_over() %}and not transformed{% endif %}

    order by export, billing_period, load_id
  {% endset %}
  {% set loads = [] %}
  {% for row in run_query(query).rows %}
    {% do loads.append({
        "load_id": row["load_id"],
        "export": row["export"],
        "billing_period": row["billing_period"] | string,
        "dialect": row["dialect"],
        "raw_table": row["raw_table"],
    }) %}
  {% endfor %}
  {% do return(loads) %}
{% endmacro %}


{# The vendors that have a bill here: the models, seeds and tests of all others are left out of the
   run. While dbt parses, all of them: so it knows every model that cost_and_usage may read. #}
{% macro vendors_with_loads() %}
  {% if not execute %}{% do return(var("vendors")) %}{% endif %}
  {% set query %}
    select vendor from ledger.loads where status = 'current' group by vendor
  {% endset %}
  {% set present = run_query(query).columns[0].values() | list %}
  {% do return(var("vendors") | select("in", present) | list) %}
{% endmacro %}


{# A SELECT without rows of all columns of FOCUS, in snake case: vendors leave out what they lack. #}
{% macro no_charge(columns) %}
  select
    {% for name, column in columns.items() %}
    cast(null as {{ column.data_type or "varchar" }}) as
      {{- " " ~ modules.re.sub("([a-z0-9])([A-Z])", "\\1_\\2", name) | lower }}{{ "," if not loop.last }}
    {% else %}
    null as no_column
    {% endfor %}
  where false
{% endmacro %}


{# True when no row of cost_and_usage can stay: all current loads are mapped again. #}
{% macro mapping_starts_over() %}
  {% if flags.FULL_REFRESH %}{% do return(true) %}{% endif %}
  {% set model = graph.nodes["model.focus.cost_and_usage"] %}
  {% set query %}
    select column_name from information_schema.columns
    where table_catalog = current_database()
      and table_schema = {{ string_literal(model.schema) }}
      and table_name = {{ string_literal(model.name) }}
  {% endset %}
  {% set present = run_query(query).columns[0].values() | list %}
  {% do return(present | sort != model.columns.keys() | list | sort) %}
{% endmacro %}


{# {raw_table: {column: type}} of all raw tables at once: asking for each is slow. #}
{% macro raw_columns(loads) %}
  {% set tables = {} %}
  {% for load in loads %}{% do tables.update({load.raw_table: {}}) %}{% endfor %}
  {% if tables %}
    {% set query %}
      select table_schema || '.' || table_name as raw_table, column_name, data_type
      from information_schema.columns
      where table_catalog = current_database()
        and table_schema || '.' || table_name
          in ({{ string_literals(tables) }})
    {% endset %}
    {% for row in run_query(query).rows %}
      {% do tables[row["raw_table"]].update({row["column_name"]: row["data_type"]}) %}
    {% endfor %}
  {% endif %}
  {% do return(tables) %}
{% endmacro %}


{# aws_billing.billing_2026_01 -> "aws_billing"."billing_2026_01" #}
{% macro quoted_table(name) -%}
  {%- set schema, table = name.split(".", 1) -%}
  "{{ schema | replace('"', '""') }}"."{{ table | replace('"', '""') }}"
{%- endmacro %}


{% macro string_literal(text) -%}
  '{{ text | string | replace("'", "''") }}'
{%- endmacro %}


{% macro string_literals(texts) -%}
  {%- for text in texts %}{{ string_literal(text) }}{{ ", " if not loop.last }}{% endfor -%}
{%- endmacro %}
