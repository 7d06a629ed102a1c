-- Warns with one row per load and rule that charges of the load break, though a bill may.
-- A provider's own FOCUS export is passed on as it is: rules for our mappings only warn there.
{{ config(severity='warn') }}
{%- set native = loads_to_check(native=true) -%}
{%- set mapped = loads_to_check(native=false) %}

{{ broken_rules(mapped, rules_that_warn()) }}
{% if native %}
union all
{{ broken_rules(native, rules_that_warn() + rules_of_mapped_sources()) }}
{% endif %}
