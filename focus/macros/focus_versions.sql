{# FOCUS 1.3 and 1.4 beside the table, which is FOCUS 1.2. What 1.2 has no column for comes from
   x_Other, where a source states it; it is null for all others. #}


{# The columns of FOCUS 1.2, from the table's own description. #}
{% macro focus_columns() %}
  {% if not execute %}{% do return([]) %}{% endif %}
  {% set found = [] %}
  {% for name in graph.nodes["model.focus.cost_and_usage"].columns if not name.startswith("x_") %}
    {% do found.append(name) %}
  {% endfor %}
  {% do return(found) %}
{% endmacro %}


{# [column, its key in x_Other, whether it is JSON] of what a version added. #}
{% macro columns_since(version) %}
  {% set added = {
    "1.3": [
      ["AllocatedMethodDetails", "allocated_method_details", true],
      ["AllocatedMethodId", "allocated_method_id", false],
      ["AllocatedResourceId", "allocated_resource_id", false],
      ["AllocatedResourceName", "allocated_resource_name", false],
      ["AllocatedTags", "allocated_tags", true],
      ["ContractApplied", "contract_applied", true],
      ["HostProviderName", "host_provider_name", false],
    ],
    "1.4": [
      ["CommitmentProgramEligibilityDetails", "commitment_program_eligibility_details", true],
      ["InvoiceDetailId", "invoice_detail_id", false],
    ],
  } %}
  {% do return(added[version]) %}
{% endmacro %}


{# cost_and_usage in a later version: `without` are the columns that it removed. #}
{% macro focus_version(versions, without=[]) %}
select
    {% for name in focus_columns() if name not in without %}
    "{{ name }}",
    {% endfor %}
    -- The new name of ProviderName, which a 1.3 file may state beside it.
    coalesce({{ json_text('"x_Other"', 'service_provider_name') }}, "ProviderName")
        as "ServiceProviderName",
    {% for version in versions %}
    {% for name, key, is_json in columns_since(version) %}
    {% if is_json %}
    {{ json_at('"x_Other"', key) }} as "{{ name }}",
    {% else %}
    {{ json_text('"x_Other"', key) }} as "{{ name }}",
    {% endif %}
    {% endfor %}
    {% endfor %}
    "x_Vendor",
    "x_Export",
    "x_LoadId"
from {{ ref('cost_and_usage') }}
{% endmacro %}


{% macro json_at(object, key) -%}{{ adapter.dispatch('json_at')(object, key) }}{%- endmacro %}

{% macro duckdb__json_at(object, key) -%}
  json_extract({{ object }}, {{ string_literal("$." ~ key) }})
{%- endmacro %}
