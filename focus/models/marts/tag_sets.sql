-- The keys and values of each set of tags of a load: which sets a filter on tags means.
{{ config(materialized='mart_slices') }}

with

grouped as (

    select
        "x_LoadId" as load_id,
        "Tags" as tags
    from {{ ref('cost_and_usage') }}
    where
        {{ in_mart_slices('"x_LoadId"') }}
        and "Tags" is not null
    group by "x_LoadId", "Tags"

),

members as (

    select
        load_id,
        tags,
        unnest({{ json_members('tags') }}, recursive := true)
    from grouped

)

select
    {{ slice_columns() }},
    {{ tag_set_id('members.tags') }} as tag_set_id,
    members.key as tag_key,
    members.value as tag_value,
    members.tags
from members
inner join ledger.loads as loads on members.load_id = loads.load_id
