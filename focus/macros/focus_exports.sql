{# What the FOCUS exports of AWS, Azure and Google have in common: their columns, what fills their
   nulls, and the proof that their costs are passed on. #}


{# One row per charge of a vendor's FOCUS exports. `others` are the columns [name, type] that only
   this vendor has, `objects` the type of tags and price details, `rest` as in staged_loads. #}
{% macro staged_focus(vendor, dialects, others=[], objects="JSON", rest=none) -%}
  {%- set money = "DECIMAL(38,18)" -%}
  {%- set columns = [
    ["availability_zone", "VARCHAR"],
    ["billed_cost", money],
    ["billing_account_id", "VARCHAR"],
    ["billing_account_name", "VARCHAR"],
    ["billing_account_type", "VARCHAR"],
    ["billing_currency", "VARCHAR"],
    ["billing_period_end", "TIMESTAMP"],
    ["capacity_reservation_id", "VARCHAR"],
    ["capacity_reservation_status", "VARCHAR"],
    ["charge_category", "VARCHAR"],
    ["charge_class", "VARCHAR"],
    ["charge_description", "VARCHAR"],
    ["charge_frequency", "VARCHAR"],
    ["charge_period_end", "TIMESTAMP"],
    ["charge_period_start", "TIMESTAMP"],
    ["commitment_discount_category", "VARCHAR"],
    ["commitment_discount_id", "VARCHAR"],
    ["commitment_discount_name", "VARCHAR"],
    ["commitment_discount_quantity", money],
    ["commitment_discount_status", "VARCHAR"],
    ["commitment_discount_type", "VARCHAR"],
    ["commitment_discount_unit", "VARCHAR"],
    ["consumed_quantity", money],
    ["consumed_unit", "VARCHAR"],
    ["contracted_cost", money],
    ["contracted_unit_price", money],
    ["effective_cost", money],
    ["invoice_id", "VARCHAR"],
    ["invoice_issuer_name", "VARCHAR"],
    ["list_cost", money],
    ["list_unit_price", money],
    ["pricing_category", "VARCHAR"],
    ["pricing_currency", "VARCHAR"],
    ["pricing_currency_contracted_unit_price", money],
    ["pricing_currency_effective_cost", money],
    ["pricing_currency_list_unit_price", money],
    ["pricing_quantity", money],
    ["pricing_unit", "VARCHAR"],
    ["provider_name", "VARCHAR"],
    ["publisher_name", "VARCHAR"],
    ["region_id", "VARCHAR"],
    ["region_name", "VARCHAR"],
    ["resource_id", "VARCHAR"],
    ["resource_name", "VARCHAR"],
    ["resource_type", "VARCHAR"],
    ["service_category", "VARCHAR"],
    ["service_name", "VARCHAR"],
    ["service_subcategory", "VARCHAR"],
    ["sku_id", "VARCHAR"],
    ["sku_meter", "VARCHAR"],
    ["sku_price_details", objects],
    ["sku_price_id", "VARCHAR"],
    ["sub_account_id", "VARCHAR"],
    ["sub_account_name", "VARCHAR"],
    ["sub_account_type", "VARCHAR"],
    ["tags", objects],
  ] -%}
  {{ staged_loads(loads_to_map(vendor, dialects), columns + others, rest=rest) }}
{%- endmacro %}


{# The columns that the fills below ask for, over a staged FOCUS export. #}
{% macro focus_pricing(price_currency="pricing_currency") -%}
coalesce({{ price_currency }}, billing_currency) as price_currency,
        coalesce({{ price_currency }}, billing_currency) = billing_currency as is_billed_as_priced,
        commitment_discount_id is not null
        and charge_category in ('Usage', 'Purchase') as is_committed
{%- endmacro %}


{# What fills the nulls of a FOCUS export (FOCUS 1.0 lacks 14 columns of 1.2) where it follows from
   its other columns: expressions `x as column` of a REPLACE over `charges`, joined with the vendor's
   seeds as `services` and `regions`. `category` is the charge's own service category. #}
{% macro focus_fills(category="charges.service_category") -%}
charges.price_currency as pricing_currency,
            coalesce(
                charges.billing_period_end, charges.billing_period_start + interval 1 month
            ) as billing_period_end,
            coalesce({{ category }}, services.service_category, 'Other') as service_category,
            coalesce(
                nullif(charges.service_subcategory, ''),
                case
                    when
                        coalesce({{ category }}, services.service_category)
                        = services.service_category
                        then services.service_subcategory
                end,
                'Other (' || coalesce({{ category }}, 'Other') || ')'
            ) as service_subcategory,
            coalesce(charges.region_name, regions.region_name, charges.region_id) as region_name,
            {% for column in ['effective_cost', 'list_unit_price', 'contracted_unit_price'] %}
            coalesce(
                charges.pricing_currency_{{ column }},
                case when charges.is_billed_as_priced then charges.{{ column }} end
            ) as pricing_currency_{{ column }},
            {% endfor %}
            {% for this, other in [('pricing', 'consumed'), ('consumed', 'pricing')] %}
            coalesce(
                charges.{{ this }}_unit,
                case
                    when charges.{{ this }}_quantity is not null
                        then coalesce(charges.{{ other }}_unit, 'Units')
                end
            ) as {{ this }}_unit,
            {% endfor %}
            coalesce(
                charges.commitment_discount_quantity,
                case
                    when not charges.is_committed then null
                    when charges.commitment_discount_category <> 'Spend'
                        then charges.pricing_quantity
                    when charges.charge_category = 'Purchase' then charges.billed_cost
                    else charges.effective_cost
                end
            ) as commitment_discount_quantity,
            coalesce(
                charges.commitment_discount_unit,
                case
                    when not charges.is_committed then null
                    when charges.commitment_discount_category = 'Spend'
                        then charges.billing_currency
                    when
                        charges.commitment_discount_quantity is not null
                        or charges.pricing_quantity is not null
                        then coalesce(charges.pricing_unit, 'Hours')
                end
            ) as commitment_discount_unit
{%- endmacro %}


{# An id for rows of FOCUS files, which have none: what tells them apart. `operation` names a column
   that a vendor has besides. #}
{% macro focus_row_id(operation=none) -%}
md5(concat_ws(
        '|', billing_account_id, sub_account_id, charge_category, charge_class,
        charge_description, charge_period_start, charge_period_end, resource_id, sku_price_id,
        commitment_discount_id, commitment_discount_status,
        {%- if operation %} {{ operation }},{% endif %} billed_cost, effective_cost
    )) as x_source_row_id
{%- endmacro %}


{# The loads whose rows or costs differ between a vendor's FOCUS export and ours (N-I1). #}
{% macro focus_exports_not_passed_on(vendor, dialects) %}
{%- set loads = loads_to_map(vendor, dialects) -%}
{%- set costs = ['billed_cost', 'effective_cost', 'list_cost', 'contracted_cost'] -%}
with

export as (

    select
        x_load_id as load_id,
        billing_currency,
        count(*) as row_count,
        sum(billed_cost) as billed_cost,
        sum(effective_cost) as effective_cost,
        sum(list_cost) as list_cost,
        sum(contracted_cost) as contracted_cost
    from {{ ref('stg_' ~ vendor ~ '__focus') }}
    group by 1, 2

),

focus as (

    select
        "x_LoadId" as load_id,
        "BillingCurrency" as billing_currency,
        count(*) as row_count,
        sum("BilledCost") as billed_cost,
        sum("EffectiveCost") as effective_cost,
        sum("ListCost") as list_cost,
        sum("ContractedCost") as contracted_cost
    from {{ ref('cost_and_usage') }}
    where
        "x_LoadId" in (select load_id from export)
        or {{ in_loads(loads) }}
    group by 1, 2

)

{{ differences('export', 'focus', ['load_id', 'billing_currency'], ['row_count'] + costs) }}
{% endmacro %}
