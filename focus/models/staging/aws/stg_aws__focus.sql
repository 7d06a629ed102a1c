-- One row per charge of the FOCUS exports this run maps, FOCUS 1.0 and 1.2 alike.
-- Names and types only: no filter, no join, no sum. Columns a version lacks are null.
{{ staged_focus('aws', ['focus_1_0', 'focus_1_2'], others=[
    ['x_usage_type', 'VARCHAR'],
    ['x_operation', 'VARCHAR'],
    ['x_service_code', 'VARCHAR'],
    ['x_discounts', 'JSON'],
    ['x_cost_categories', 'JSON'],
]) }}
