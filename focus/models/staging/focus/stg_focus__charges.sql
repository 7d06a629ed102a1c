-- One row per charge of the FOCUS files this run maps, FOCUS 0.5 to 1.4 alike.
-- Names and types only: no filter, no join, no sum. Columns a version lacks are null; x_other holds
-- the columns that FOCUS 1.2 and its predecessors do not have.
{{ staged_focus('focus', focus_dialects(), rest='x_other', others=[
    ['amortized_cost', 'DECIMAL(38,18)'],
    ['charge_type', 'VARCHAR'],
    ['charge_subcategory', 'VARCHAR'],
    ['invoice_issuer', 'VARCHAR'],
    ['provider', 'VARCHAR'],
    ['publisher', 'VARCHAR'],
    ['region', 'VARCHAR'],
    ['usage_quantity', 'DECIMAL(38,18)'],
    ['usage_unit', 'VARCHAR'],

    ['x_usage_type', 'VARCHAR'],
    ['x_operation', 'VARCHAR'],
    ['x_service_code', 'VARCHAR'],
]) }}
