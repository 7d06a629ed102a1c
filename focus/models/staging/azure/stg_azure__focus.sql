-- One row per charge of the FOCUS exports this run maps, FOCUS 1.0 to 1.2 alike.
-- Names and types only: no filter, no join, no sum. Columns a version lacks are null.
{{ staged_focus('azure', azure_focus_dialects(), objects='VARCHAR', others=[
    ['x_pricing_currency', 'VARCHAR'],
    ['x_sku_meter_category', 'VARCHAR'],
    ['x_sku_meter_subcategory', 'VARCHAR'],
    ['x_sku_meter_name', 'VARCHAR'],
    ['x_publisher_category', 'VARCHAR'],
]) }}
