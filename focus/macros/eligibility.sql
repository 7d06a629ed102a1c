{# True where a commitment could cover usage of this service in this unit, by the seed
   commitment_eligibility. The seed's few rows are written into the query: a join by name over
   every charge costs half of what the whole mart does. #}
{% macro is_eligible(service_name, pricing_unit) %}
  {%- if execute -%}
    {%- set query -%}
      select pricing_unit, service_name
      from {{ ref('commitment_eligibility') }}
      order by pricing_unit, service_name
    {%- endset -%}
    {%- set services = {} -%}
    {%- for row in run_query(query).rows -%}
      {%- do services.setdefault(row["pricing_unit"], []).append(string_literal(row["service_name"])) -%}
    {%- endfor -%}
    case {{ pricing_unit }}
      {% for unit, names in services.items() %}
      when {{ string_literal(unit) }} then {{ service_name }} in ({{ names | join(", ") }})
      {% endfor %}
      else false
    end
  {%- else -%}
    false
  {%- endif -%}
{% endmacro %}
