-- Per load: whether the bill's prices are for a whole block or for one unit of it. Azure's
-- documents disagree, so the bill decides: price times quantity must be the cost of what was
-- bought on demand in blocks.
with

on_demand as (

    select
        lines.x_load_id,
        cast(lines.unit_price as double) * cast(lines.quantity as double)
        * coalesce(cast(lines.exchange_rate_pricing_to_billing as double), 1) as as_if_per_unit,
        cast(lines.cost_in_billing_currency as double) as cost,
        units.block_size
    from {{ ref('stg_azure__charges') }} as lines
    inner join {{ ref('int_azure__units') }} as units
        on lines.unit_of_measure = units.unit_of_measure
    where
        units.block_size > 1
        and lines.unit_price > 0
        and lines.cost_in_billing_currency > 0
        and lower(coalesce(lines.pricing_model, 'OnDemand')) = 'ondemand'

)

select
    x_load_id,
    count(*) filter (where abs(as_if_per_unit / block_size - cost) <= 0.001 * cost)
    > count(*) filter (where abs(as_if_per_unit - cost) <= 0.001 * cost) as is_per_block
from on_demand
group by x_load_id
