-- Fails with one row per load and rule that charges of the load break.
{%- set native = loads_to_check(native=true) -%}
{%- set mapped = loads_to_check(native=false) %}

{{ broken_rules(mapped, rules_of_every_source() + rules_of_mapped_sources()) }}
{% if native %}
union all
{{ broken_rules(native, rules_of_every_source()) }}
{% endif %}
