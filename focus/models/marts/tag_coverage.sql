-- How much of each month's taggable cost carries each tag key. The key '*', which no tag can
-- have, stands for at least one tag that users set themselves.
{{ config(materialized='mart_slices') }}

select
    load_id,
    vendor,
    export,
    billing_period,
    billing_currency,
    tag_key,
    count(distinct tag_value) as value_count,
    sum(taggable_cost) as taggable_cost,
    coalesce(sum(taggable_cost) filter (tag_value is not null), 0) as tagged_cost
from {{ ref('tag_costs') }}
where {{ in_mart_slices('load_id') }}
group by load_id, vendor, export, billing_period, billing_currency, tag_key

union all

select
    load_id,
    vendor,
    export,
    billing_period,
    billing_currency,
    '*' as tag_key,
    null as value_count,
    sum(taggable_cost) as taggable_cost,
    coalesce(sum(taggable_cost) filter (is_tagged), 0) as tagged_cost
from {{ ref('resource_costs') }}
where {{ in_mart_slices('load_id') }}
group by load_id, vendor, export, billing_period, billing_currency
