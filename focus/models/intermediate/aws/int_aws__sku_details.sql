-- One row per distinct product description of CUR 2.0, with its FOCUS SkuPriceDetails.
select
    product,
    {{ json_object(
        json_members('product'), key="'x_' || m.key"
    ) }} as sku_price_details
from (
    select distinct product
    from {{ ref('stg_aws__line_items') }}
    where product is not null
) as products
