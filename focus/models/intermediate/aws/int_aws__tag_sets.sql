-- One row per distinct pair of resource tags and cost categories, with its FOCUS Tags.
-- A bill has few sets and many lines: the JSON work is done once per set.
{%- set keys = aws_tag_keys() %}
with

activated as (

    select *
    from (
        values
        {% for export, in_focus in keys.items() %}
        ({{ string_literal(export) }}, {{ text_map(in_focus) }}){{ "," if not loop.last }}
        {% endfor %}
    ) as t (export, in_focus)

),

sets as (

    select distinct
        case
            when x_export in (select export from activated) then x_export else ''
        end as keys_of,
        x_export,
        resource_tags,
        cost_category
    from {{ ref('stg_aws__line_items') }}
    where resource_tags is not null or cost_category is not null

),

members as (

    select
        sets.x_export,
        sets.resource_tags,
        sets.cost_category,
        activated.in_focus,
        {{ json_members('sets.resource_tags') }} as tags,
        {{ json_members('sets.cost_category') }} as categories
    from sets
    inner join activated on sets.keys_of = activated.export

),

renamed as (

    select
        x_export,
        resource_tags,
        cost_category,
        categories,
        {{ members_as('tags', key="coalesce(
            in_focus[m.key],
            case
                when starts_with(m.key, 'user:') or starts_with(m.key, 'user_')
                    then substr(m.key, 6)
                when starts_with(m.key, 'aws_') then 'aws:' || substr(m.key, 5)
                else m.key
            end
        )") }} as tags
    from members

)

select
    x_export,
    resource_tags,
    cost_category,
    {{ json_object(sorted_members(joined_members(
        'tags', members_as('categories', key="'costCategory/' || m.key")))) }} as tags,
    {{ member_value('tags', 'Name') }} as resource_name,
    {{ json_object(sorted_members('categories')) }} as cost_categories
from renamed
