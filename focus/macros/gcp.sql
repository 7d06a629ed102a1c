{# Pieces of the Google mapping. vendors/gcp/totals.py has the same expressions, so that the totals
   of the source and of FOCUS agree in every digit. #}


{# True for the fee of a commitment; the line is known to be a regular one. #}
{% macro gcp_is_fee() -%}
  coalesce(
    lower(substr(sku_description, 1, 10)) = 'commitment'
    or (contains(sku_description, 'CUD') and regexp_matches(sku_description, '\bCUDs?\b')), false
  ) or x_credits_fee_offset <> 0
{%- endmacro %}


{# True for the fee of a commitment to spend money, not to use resources. #}
{% macro gcp_is_spend() -%}
  coalesce(
    sku_description ilike '%dollar based%' or regexp_matches(sku_description, '\bCUDs?\b'), false
  ) or x_credits_fee_offset <> 0
{%- endmacro %}


{# Machine family, kind of resource and region: what a resource commitment's fee and the usage it
   covers have in common, since no id joins them. #}
{% macro gcp_resource_pool() -%}
  case
    when regexp_matches(sku_description, '\b[A-Z][0-9]+[A-Z]?\b')
      then lower(regexp_extract(sku_description, '\b[A-Z][0-9]+[A-Z]?\b'))
    when regexp_matches(sku_description, '(?i)compute.optimized') then 'c2'
    when regexp_matches(sku_description, '(?i)memory.optimized') then 'm'
    else 'n1'
  end || '-' || case
    when regexp_matches(sku_description, '(?i)gpu') then 'gpu'
    when regexp_matches(sku_description, '(?i)cpu|core') then 'cpu'
    when regexp_matches(sku_description, '(?i)ssd|local storage') then 'ssd'
    when regexp_matches(sku_description, '(?i)ram|memory') then 'ram'
    else 'other'
  end || '/' || coalesce(location_region, location_location, 'global')
{%- endmacro %}


{# What a line draws from its commitment's pool: the amount of its credit, to six places. #}
{% macro gcp_weight(credit) -%}
  cast(-{{ credit }} as decimal(18, 6))
{%- endmacro %}


{# The units of a line that its credit covers. #}
{% macro gcp_used_units(credit) -%}
  case
    when -{{ credit }} = cost then cast(usage_amount_in_pricing_units as decimal(28, 6))
    else try_cast(
      cast(cast(usage_amount_in_pricing_units as decimal(28, 6)) as double)
      * cast(-{{ credit }} as double) / cast(nullif(cost, 0) as double) as decimal(28, 6)
    )
  end
{%- endmacro %}


{# What one unit of credit costs: the used share of the fee over the credits, never rounded up.
   Where units are unknown the whole fee counts as used. It is 0, and the whole fee unused, where
   credits cancel each other, or are too small beside the fee for a rate. #}
{% macro gcp_rate() -%}
  coalesce(
    case
      when weight > 0 and fee > 0
        then try_cast(
          floor(
            cast(fee as double)
            * case
              when used_units > 0 and bought_units > 0
                then least(1, cast(used_units as double) / cast(bought_units as double))
              else 1
            end
            / cast(weight as double) * 1e12
          ) / 1e12 as decimal(20, 12)
        )
    end, 0
  )
{%- endmacro %}


{# The part of an amount that a credit of the line covers; all of it where the credit is the cost. #}
{% macro gcp_covered_part(amount, credit) -%}
  case
    when {{ credit }} = 0 then 0
    when coalesce(cost, 0) = 0 or -{{ credit }} = cost then {{ amount }}
    else
      cast(
        try_cast(
          cast({{ amount }} as double) * cast(-{{ credit }} as double) / cast(cost as double)
          as decimal(38, 10)
        ) as decimal(38, 18)
      )
  end
{%- endmacro %}


{# An amount in the currency of the price list, at the rate of the bill. #}
{% macro gcp_in_pricing_currency(amount) -%}
  case
    when pricing_currency = billing_currency then {{ amount }}
    else {{ gcp_divided(amount, 'currency_conversion_rate') }}
  end
{%- endmacro %}


{# Kinds of resources as service:type, from //compute.googleapis.com/projects/p/zones/z/disks/1. #}
{% macro gcp_resource_type(resource_id) -%}
  case
    when {{ resource_id }} is null then null
    when regexp_matches({{ resource_id }}, '^//[a-z0-9-]+[.]googleapis[.]com/.+/[^/]+/[^/]+$')
      then regexp_extract({{ resource_id }}, '^//([a-z0-9-]+)[.]', 1) || ':'
        || regexp_extract({{ resource_id }}, '/([^/]+)/[^/]+$', 1)
    else coalesce(service_id, 'gcp') || ':resource'
  end
{%- endmacro %}


{# The credits of a line as a list of structs, amounts as text. #}
{% macro gcp_credits(credits) -%}{{ adapter.dispatch('gcp_credits')(credits) }}{%- endmacro %}

{% macro duckdb__gcp_credits(credits) -%}
  from_json(
    {{ credits }},
    '[{"name":"VARCHAR","amount":"VARCHAR","full_name":"VARCHAR","id":"VARCHAR","type":"VARCHAR"}]'
  )
{%- endmacro %}


{# The credits of a line that lower its price, as a JSON object of amounts. #}
{% macro gcp_discounts(credits) -%}{{ adapter.dispatch('gcp_discounts')(credits) }}{%- endmacro %}

{% macro duckdb__gcp_discounts(credits) -%}
  {{ json_object(
    "list_transform(list_filter(" ~ duckdb__gcp_credits(credits)
      ~ ", lambda c: coalesce(c.type, '') <> 'PROMOTION'), lambda c: struct_pack("
      ~ "key := coalesce(c.name, c.type, 'credit'), value := c.amount))",
    value="m.value"
  ) }}
{%- endmacro %}


{# Labels as members: [{"key": k, "value": v}] -> list of (key, value). #}
{% macro gcp_labels(labels) -%}{{ adapter.dispatch('gcp_labels')(labels) }}{%- endmacro %}

{% macro duckdb__gcp_labels(labels) -%}
  list_filter(
    coalesce(from_json({{ labels }}, '[{"key":"VARCHAR","value":"VARCHAR"}]'), []),
    lambda m: m.key is not null
  )
{%- endmacro %}


{# The members of `more` whose key `members` does not have, added to it. #}
{% macro gcp_joined(members, more) -%}{{ adapter.dispatch('gcp_joined')(members, more) }}{%- endmacro %}

{% macro duckdb__gcp_joined(members, more) -%}
  list_concat(
    {{ members }},
    list_filter(
      {{ more }}, lambda n: not list_contains(list_transform({{ members }}, lambda m: m.key), n.key)
    )
  )
{%- endmacro %}


{# What commitments leave of an amount of the line, where their fees are spread. #}
{% macro gcp_left_over(amount) -%}
  {{ amount }} - case
    when is_covered and covered + spend_covered <> 0
      then {{ gcp_covered_part(amount, 'covered') }}
        + {{ gcp_covered_part(amount, 'spend_covered') }}
    else 0
  end
{%- endmacro %}


{# True for a line with a promotional credit; promotions may cancel each other. #}
{% macro gcp_has_promotion() -%}
  x_credits_promotion <> 0 or cast(credits as varchar) like '%PROMOTION%'
{%- endmacro %}


{# The machine of a line as SkuPriceDetails. #}
{% macro gcp_sku_details() -%}{{ adapter.dispatch('gcp_sku_details')() }}{%- endmacro %}

{% macro duckdb__gcp_sku_details() -%}
  cast('{"InstanceType":' || to_json(machine)
    || coalesce(',"CoreCount":' || cast(cores as varchar), '')
    || coalesce(',"MemorySize":' || cast(memory_gib as varchar), '') || '}' as json)
{%- endmacro %}


{# amount / rate as money, to ten places. #}
{% macro gcp_divided(amount, rate) -%}
  cast(
    try_cast(
      cast({{ amount }} as double) / cast(nullif({{ rate }}, 0) as double) as decimal(38, 10)
    ) as decimal(38, 18)
  )
{%- endmacro %}


{# The sum of a list of credits, not joined to anything. #}
{% macro gcp_credit_sum(credits) -%}{{ adapter.dispatch('gcp_credit_sum')(credits) }}{%- endmacro %}

{% macro duckdb__gcp_credit_sum(credits) -%}
  list_sum(list_transform(
    {{ duckdb__gcp_credits(credits) }}, lambda c: cast(c.amount as decimal(38, 18))
  ))
{%- endmacro %}


{# A quantity that Google states as a double, to nine places; null where it is too large. #}
{% macro gcp_quantity(amount) -%}
  try_cast(try_cast({{ amount }} as decimal(38, 9)) as decimal(38, 18))
{%- endmacro %}
