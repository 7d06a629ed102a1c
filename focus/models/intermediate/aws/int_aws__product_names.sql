-- What the bill itself calls the products that the seed aws_services lacks, such as marketplace's.
select
    line_item_product_code as product_code,
    min(
        coalesce(nullif(product_product_name, ''), {{ json_text('product', 'product_name') }})
    ) as product_name
from {{ ref('stg_aws__line_items') }}
where line_item_product_code not in (select product_code from {{ ref('aws_services') }})
group by line_item_product_code
