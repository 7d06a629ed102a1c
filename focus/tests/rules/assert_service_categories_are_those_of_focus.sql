-- Fails with the pairs of category and subcategory that FOCUS 1.2 does not list (I13).
{%- set loads = loads_by_origin() %}
with

found as (

    select
        "ServiceCategory" as service_category,
        "ServiceSubcategory" as service_subcategory,
        count(*) as row_count
    from {{ ref('cost_and_usage') }}
    where {{ in_loads(loads["mapped"] + loads["passed_on"]) }}
    group by 1, 2

),

-- Joined, not compared: engines test a condition on groups on every charge.
listed as (

    select *
    from (
        values
        {% for category, subcategories in service_categories().items() %}
        {% set last = loop.last %}
        {% for subcategory in subcategories %}
        ({{ string_literal(category) }}, {{ string_literal(subcategory) }})
        {{- "," if not (last and loop.last) }}
        {% endfor %}
        {% endfor %}
    ) as t (service_category, service_subcategory)

)

select found.*
from found
left join listed
    on
        found.service_category = listed.service_category
        and found.service_subcategory = listed.service_subcategory
where listed.service_category is null
