-- Fails with one row per load and rule that charges of the load break.
{%- set loads = loads_by_origin() -%}

{{ broken_rules_of([
    [loads["mapped"], rules_of_every_source() + rules_of_mapped_sources()],
    [loads["passed_on"], rules_of_every_source()],
    [loads["with_gaps"], rules_of_every_bill()],
]) }}
