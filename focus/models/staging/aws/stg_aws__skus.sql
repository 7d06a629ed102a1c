-- One row per load and SKU: the product attributes of one of its lines, as a JSON object.
-- AWS repeats them on every line; CUR 2.0 as a map, legacy CUR as a column per attribute.
{%- set loads = loads_to_map('aws', ['cur_1', 'cur_2']) -%}
{%- set tables = raw_columns(loads) -%}

{# CUR 2.0 keeps these outside its map. #}
{%- set not_in_map = [
    'product_comment', 'product_fee_code', 'product_fee_description', 'product_from_location',
    'product_from_location_type', 'product_from_region_code', 'product_instance_family',
    'product_instance_type', 'product_instancesku', 'product_location', 'product_location_type',
    'product_operation', 'product_pricing_unit', 'product_product_family', 'product_region_code',
    'product_servicecode', 'product_sku', 'product_to_location', 'product_to_location_type',
    'product_to_region_code', 'product_usagetype',
] -%}

{%- for load in loads if 'product_sku' in tables[load.raw_table] %}
{%- set present = tables[load.raw_table] %}
{%- set attributes = [] %}
{%- for name in present if name.startswith('product_') and name not in not_in_map %}
{%- do attributes.append(name) %}
{%- endfor %}

select
    {{ string_literal(load.load_id) }} as x_load_id,
    product_sku,
    {{ staged_column('product_instance_type', 'VARCHAR', present.get('product_instance_type')) }}
        as product_instance_type,
    {% if 'product' in present -%}
    product
    {%- else -%}
    {{ json_of_columns(attributes, 'product_') }} as product
    {%- endif %}

from {{ quoted_table(load.raw_table) }}
where {{ one_row_per('product_sku', quoted_table(load.raw_table),
    "product_sku <> '' and billing_period = date " ~ string_literal(load.billing_period)) }}
union all
{%- endfor %}
select
    cast(null as varchar) as x_load_id,
    cast(null as varchar) as product_sku,
    cast(null as varchar) as product_instance_type,
    cast(null as json) as product
where false
