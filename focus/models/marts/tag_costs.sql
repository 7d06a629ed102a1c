-- Costs by tag key and value. For each key of a month the mart holds the whole bill: what does
-- not carry the key is in rows whose tag_value is null. Filter on one key; never sum over keys.
{{ config(materialized='mart_slices') }}

{%- set bill = [
    'load_id', 'vendor', 'export', 'billing_period', 'billing_currency',
    'sub_account_id', 'sub_account_name', 'service_category', 'service_name',
] -%}
{%- set names = ['sub_account_name'] -%}
{%- set measures = ['row_count', 'billed_cost', 'effective_cost', 'taggable_cost'] -%}

with

costs as (

    select *
    from {{ ref('resource_costs') }}
    where {{ in_mart_slices('load_id') }}

),

-- A number for each distinct text of tags: joins on it are cheaper than on the text.
sets as (

    select
        tags,
        row_number() over (order by tags) as set_id
    from (select distinct tags from costs where tags is not null)

),

members as (

    select
        set_id,
        unnest({{ json_members('tags') }}, recursive := true)
    from sets

),

by_set as (

    select
        {% for column in bill %}{% if column in names %}
        any_value(costs.{{ column }}) as {{ column }},
        {% else %}
        costs.{{ column }},
        {% endif %}{% endfor %}
        sets.set_id,
        {% for measure in measures %}
        sum(costs.{{ measure }}) as {{ measure }}{{ "," if not loop.last }}
        {% endfor %}
    from costs
    left join sets on costs.tags = sets.tags
    group by {{ bill | reject('in', names) | join(', ') }}, sets.set_id

),

keys as (

    select distinct
        by_set.load_id,
        members.key
    from by_set
    inner join members on by_set.set_id = members.set_id

),

-- Each set of tags once for every key of its month: with the key's value, or with none.
keyed as (

    select
        by_set.*,
        keys.key as tag_key,
        members.value as tag_value
    from by_set
    inner join keys on by_set.load_id = keys.load_id
    left join members
        on
            by_set.set_id = members.set_id
            and keys.key = members.key

)

select
    {% for column in bill %}{% if column in names %}
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
group by {{ bill | reject('in', names) | join(', ') }}, tag_key, tag_value
