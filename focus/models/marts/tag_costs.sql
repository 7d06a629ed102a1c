-- Costs by tag key and value. For each key of a month the mart holds the whole bill: what does
-- not carry the key is in rows whose tag_value is null. Filter on one key; never sum over keys.
{{ config(materialized='mart_slices') }}

{%- set bill = [
    'load_id', 'vendor', 'export', 'billing_period', 'billing_currency',
    'sub_account_id', 'sub_account_name', 'service_category', 'service_name',
] -%}
{%- set measures = ['row_count', 'billed_cost', 'effective_cost', 'taggable_cost'] -%}

with

by_tags as (

    select
        {% for column in bill %}{% if column in ('sub_account_name', 'service_category') %}
        any_value({{ column }}) as {{ column }},
        {% else %}
        {{ column }},
        {% endif %}{% endfor %}
        tags,
        {% for measure in measures %}
        sum({{ measure }}) as {{ measure }}{{ "," if not loop.last }}
        {% endfor %}
    from {{ ref('resource_costs') }}
    where {{ in_mart_slices('load_id') }}
    group by
        load_id, vendor, export, billing_period, billing_currency,
        sub_account_id, service_name, tags

),

members as (

    select
        tags,
        unnest({{ json_members('tags') }}, recursive := true)
    from (select distinct tags from by_tags where tags is not null)

),

keys as (

    select distinct
        by_tags.load_id,
        members.key
    from by_tags
    inner join members on by_tags.tags = members.tags

),

-- Each set of tags once for every key of its month: with the key's value, or with none.
keyed as (

    select
        by_tags.*,
        keys.key as tag_key,
        members.value as tag_value
    from by_tags
    inner join keys on by_tags.load_id = keys.load_id
    left join members
        on
            by_tags.tags = members.tags
            and keys.key = members.key

)

select
    {% for column in bill %}{% if column in ('sub_account_name', 'service_category') %}
    any_value({{ column }}) as {{ column }},
    {% else %}
    {{ column }},
    {% endif %}{% endfor %}
    tag_key,
    tag_value,
    {% for measure in measures %}
    sum({{ measure }}) as {{ measure }}{{ "," if not loop.last }}
    {% endfor %}
from keyed
group by
    load_id, vendor, export, billing_period, billing_currency,
    sub_account_id, service_name, tag_key, tag_value
