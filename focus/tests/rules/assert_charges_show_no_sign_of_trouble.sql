-- Warns with one row per load and rule that charges of the load break, though a bill may.
-- A provider's own FOCUS export is passed on as it is: rules for our mappings only warn there.
{{ config(severity='warn') }}
{%- set loads = loads_by_origin() -%}

{{ broken_rules_of([
    [loads["mapped"], rules_that_warn()],
    [loads["passed_on"], rules_that_warn() + rules_of_mapped_sources()],
    [
        loads["with_gaps"],
        rules_of_every_source() + rules_that_warn() + rules_of_mapped_sources()
    ],
]) }}
