-- Fails with one row per load and rule that charges of the load break.
{%- set native = loads_to_check(['focus_1_0', 'focus_1_2']) -%}
{%- set mapped = loads_to_check(['cur_1', 'cur_2']) %}

{{ broken_rules(mapped, rules_of_every_source() + rules_of_mapped_sources()) }}
{% if native %}
union all
{{ broken_rules(native, rules_of_every_source()) }}
{% endif %}
