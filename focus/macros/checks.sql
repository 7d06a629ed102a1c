{# What the tests look at: the loads of this run, or every current load when none is pending. #}


{# Those loads, as {load_id, vendor, export, billing_period, dialect, current_loads}; the last is
   how many the ledger has, checked or not. #}
{% macro loads_to_check(dialects=none) %}
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
    {% if dialects is none or row["dialect"] in dialects %}{% do loads.append(row) %}{% endif %}
  {% endfor %}
  {% do return(loads) %}
{% endmacro %}


{# The loads to check by what may be asked of them: `mapped` by a project of ours, `passed_on` as the
   cloud exported FOCUS, `with_gaps` of providers that leave out what FOCUS asks for. #}
{% macro loads_by_origin() %}
  {% set found = {"mapped": [], "passed_on": [], "with_gaps": []} %}
  {% for load in loads_to_check() %}
    {% if load["vendor"] in var("vendors_with_gaps", []) %}
      {% do found["with_gaps"].append(load) %}
    {% elif load["dialect"].startswith("focus") %}
      {% do found["passed_on"].append(load) %}
    {% else %}
      {% do found["mapped"].append(load) %}
    {% endif %}
  {% endfor %}
  {% do return(found) %}
{% endmacro %}


{# broken_rules of several groups: [[loads, rules]]; groups without loads are left out. #}
{% macro broken_rules_of(groups) %}
  {%- set with_loads = groups | selectattr(0) | list or groups[:1] -%}
  {%- for loads, rules in with_loads %}
  {{ broken_rules(loads, rules) }}
  {{ "union all" if not loop.last }}
  {%- endfor -%}
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
