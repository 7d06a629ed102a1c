-- One row per load and SKU with its FOCUS SkuPriceDetails: the attributes that FOCUS defines under
-- its names and units, all others as x_ keys.
with

skus as (

    select * from {{ ref('stg_aws__skus') }}

),

-- Many SKUs share their attributes, and months share their SKUs.
products as (

    select distinct
        product_instance_type,
        product
    from skus

),

attributes as (

    select
        product_instance_type,
        product,
        {{ members_as(
            json_members('product'),
            key=aws_sku_attribute(),
            value=aws_sku_value(),
        ) }} as attributes,
        regexp_replace(product_instance_type, '^(db|cache|ml|dax|kafka)[.]', '') as instance
    from products

),

details as (

    select
        product_instance_type,
        product,
        {{ json_object(
            sorted_members(joined_members(
                "case when product_instance_type <> '' then [
                    struct_pack(
                        key := 'InstanceType', value := to_json(product_instance_type)
                    ),
                    struct_pack(
                        key := 'InstanceSeries', value := to_json(split_part(instance, '.', 1))
                    )
                ] else [] end",
                'attributes'
            )),
            value='m.value'
        ) }} as sku_price_details
    from attributes

)

select
    skus.x_load_id,
    skus.product_sku,
    details.sku_price_details
from skus
inner join details
    on
        skus.product_instance_type is not distinct from details.product_instance_type
        and skus.product is not distinct from details.product
