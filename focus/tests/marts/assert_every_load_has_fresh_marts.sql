-- Fails with a row per mart and load whose slice is missing or no longer current.
{%- set marts = ['daily_costs', 'daily_tag_costs', 'resource_costs', 'sku_costs', 'invoices'] %}
with

slices as (

    {% for mart in marts %}
    select distinct '{{ mart }}' as mart, load_id from {{ ref(mart) }}
    {{ "union all" if not loop.last }}
    {% endfor %}

),

expected as (

    select names.mart, loads.load_id
    from (values {% for mart in marts %}('{{ mart }}'){{ ", " if not loop.last }}{% endfor %})
        as names (mart)
    cross join (
        select load_id from {{ ref('data_freshness') }} where row_count > 0
    ) as loads

)

select
    coalesce(slices.mart, expected.mart) as mart,
    coalesce(slices.load_id, expected.load_id) as load_id
from slices
full join expected
    on
        slices.mart = expected.mart
        and slices.load_id = expected.load_id
where slices.load_id is null or expected.load_id is null
