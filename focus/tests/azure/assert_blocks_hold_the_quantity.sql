-- Fails with the lines whose block size times PricingQuantity is not the bill's quantity (Z-I6).
select
    x_load_id as load_id,
    unit_of_measure,
    block_size,
    count(*) as row_count
from {{ ref('int_azure__priced') }}
where
    pricing_quantity is not null
    and abs(block_size * cast(pricing_quantity as double) - cast(source_quantity as double))
    > 1e-9 * (block_size + abs(cast(source_quantity as double)))
group by 1, 2, 3
