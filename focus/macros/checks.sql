{# What the tests look at: the loads of this run, or every current load when none is pending. #}


{# Those loads, as {load_id, vendor, export, billing_period, dialect, current_loads}; the last is
   how many the ledger has, checked or not. native: only exports that are FOCUS already, or only
   others. #}
{% macro loads_to_check(dialects=none, native=none) %}
  {% if not execute %}{% do return([]) %}{% endif %}
  {% set query %}
    select
      load_id, vendor, export, billing_period, dialect,
      (select count(*) from ledger.loads where status = 'current') as current_loads
    from ledger.loads
    where status = 'current'
      and (
        not transformed
        or not exists (select 1 from ledger.loads where status = 'current' and not transformed)
      )
    order by load_id
  {% endset %}
  {% set loads = [] %}
  {% for row in run_query(query).rows %}
    {% set is_native = row["dialect"].startswith("focus") %}
    {% if (dialects is none or row["dialect"] in dialects) and native in (none, is_native) %}
      {% do loads.append(row) %}
    {% endif %}
  {% endfor %}
  {% do return(loads) %}
{% endmacro %}


{# The WHERE condition on cost_and_usage for some loads. It names no other column: a row whose
   period is broken must not escape. All loads need no condition, which costs more than a sum. #}
{% macro in_loads(loads, column='"x_LoadId"') -%}
  {%- if loads and loads | length == loads[0]["current_loads"] -%}
    true
  {%- elif loads -%}
    {{ column }} in (
      {{- string_literals(loads | map(attribute="load_id")) -}}
    )
  {%- else -%}
    false
  {%- endif -%}
{%- endmacro %}


{# The same for all exports of those loads' months. #}
{% macro in_periods(loads) -%}
  {%- if loads -%}
    "BillingPeriodStart" in (
      {%- for period in loads | map(attribute="billing_period") | unique -%}
        timestamp {{ string_literal(period) }}{{ ", " if not loop.last }}
      {%- endfor -%}
    )
  {%- else -%}
    false
  {%- endif -%}
{%- endmacro %}


{# One row per load and broken rule, of one scan. rules: [[sentence, condition of a violation]]. #}
{% macro broken_rules(loads, rules) %}
  select
    counted.load_id,
    rules.rule,
    case rules.n
      {% for rule in rules %}
      when {{ loop.index }} then rule_{{ loop.index }}
      {% endfor %}
    end as violations
  from (
    select
      "x_LoadId" as load_id,
      {% for rule in rules %}
      -- {{ rule[0] }}
      count(*) filter (where {{ rule[1] }}) as rule_{{ loop.index }}{{ "," if not loop.last }}
      {% endfor %}
    from {{ ref('cost_and_usage') }}
    where {{ in_loads(loads) }}
    group by "x_LoadId"
  ) as counted
  cross join (
    values
    {% for rule in rules %}
    ({{ loop.index }}, {{ string_literal(rule[0]) }}){{ "," if not loop.last }}
    {% endfor %}
  ) as rules (n, rule)
  where case rules.n
      {% for rule in rules %}
      when {{ loop.index }} then rule_{{ loop.index }}
      {% endfor %}
    end > 0
{% endmacro %}
