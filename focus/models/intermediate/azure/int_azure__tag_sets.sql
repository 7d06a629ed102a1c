-- One row per distinct text of tags, with its FOCUS Tags. Older exports leave out the braces.
-- A bill has few sets and many lines: the JSON work is done once per set.
with

sets as (

    select distinct tags as tags_text
    from {{ ref('stg_azure__charges') }}
    where tags <> ''

),

members as (

    select
        tags_text,
        {{ azure_members('tags_text') }} as members
    from sets

)

select
    tags_text,
    -- What is no JSON object is kept as it is, under a key that says so.
    case
        when members is null
            then {{ azure_unparsed('tags_text') }}
        else {{ json_object(sorted_members('members'), value='m.value') }}
    end as tags
from members
