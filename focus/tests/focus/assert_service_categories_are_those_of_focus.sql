-- Fails with the pairs of category and subcategory that FOCUS 1.2 does not list (I13).
select
    "ServiceCategory" as service_category,
    "ServiceSubcategory" as service_subcategory,
    count(*) as row_count
from {{ ref('cost_and_usage') }}
where {{ in_loads(loads_to_check()) }}
group by 1, 2
having not (
    {% for category, subcategories in service_categories().items() %}
    {{ "or " if not loop.first }}("ServiceCategory" = {{ string_literal(category) }}
    and "ServiceSubcategory" in ({{ string_literals(subcategories) }}))
    {% endfor %}
)
