{# Pieces of the Azure mapping that would hide the models' shape. #}


{% macro azure_focus_dialects() %}
  {% do return(['focus_1_0', 'focus_1_0r2', 'focus_1_1', 'focus_1_2']) %}
{% endmacro %}


{# The account that gets the invoice, and the subscription: as in vendors/azure/totals.py, so that
   both sum by the same keys. #}
{% macro azure_billing_account(lines) -%}
  coalesce(
    nullif({{ lines }}billing_profile_id, ''),
    nullif({{ lines }}billing_account_id, ''),
    nullif({{ lines }}subscription_id, '')
  )
{%- endmacro %}

{% macro azure_subscription(lines) -%}
  nullif(nullif({{ lines }}subscription_id, ''), '00000000-0000-0000-0000-000000000000')
{%- endmacro %}


{# True for lines of months that have both exports. #}
{% macro azure_is_paired() -%}
  {%- set pairs = loads_to_map('azure', ['cost_pair']) -%}
  {%- if pairs -%}
    x_load_id in ({{ string_literals(pairs | map(attribute='load_id')) }})
  {%- else -%}
    false
  {%- endif -%}
{%- endmacro %}


{# The members of a JSON object whose braces may be missing, values still JSON; null where the text
   is no object. #}
{% macro azure_members(text) -%}{{ adapter.dispatch('azure_members')(text) }}{%- endmacro %}

{% macro duckdb__azure_members(text) -%}
  try(
    map_entries(
      cast(cast(
        case when starts_with(trim({{ text }}), '{') then {{ text }} else '{' || {{ text }} || '}' end
        as json) as map(varchar, json)
      )
    )
  )
{%- endmacro %}

{% macro azure_unparsed(text) -%}{{ adapter.dispatch('azure_unparsed')(text) }}{%- endmacro %}

{% macro duckdb__azure_unparsed(text) -%}
  cast(json_object('x_unparsed', {{ text }}) as json)
{%- endmacro %}

{% macro azure_member_text(members, key) -%}
  {{ adapter.dispatch('azure_member_text')(members, key) }}
{%- endmacro %}

{% macro duckdb__azure_member_text(members, key) -%}
  json_extract_string({{ member_value(members, key) }}, '$')
{%- endmacro %}


{# FOCUS's name of an AdditionalInfo key; `m` is the member. #}
{% macro azure_sku_attribute() -%}
  case lower(m.key)
    when 'vcpus' then 'CoreCount'
    when 'servicetype' then 'InstanceType'
    else 'x_' || m.key
  end
{%- endmacro %}


{# The family of a storage meter, by which the seed azure_services tells disks from blobs. #}
{% macro azure_meter_family(meter_key, sub_category) -%}
  case
    when {{ meter_key }} <> 'storage' then null
    when {{ sub_category }} ilike '%disk%' then 'Disks'
    when {{ sub_category }} ilike '%snapshot%' then 'Disks'
    when {{ sub_category }} ilike '%file%' then 'Files'
    when {{ sub_category }} ilike '%queue%' then 'Queues'
    when {{ sub_category }} ilike '%table%' then 'Tables'
    when {{ sub_category }} ilike '%data lake%' then 'Data Lake'
  end
{%- endmacro %}


{# The key of the seed azure_regions: EastUS, eastus, US East and East US become one word each. #}
{% macro azure_location(location) -%}
  nullif(nullif(replace(lower({{ location }}), ' ', ''), ''), 'unassigned')
{%- endmacro %}


{# Resource types as Azure writes them, namespace/type, read from the lower-case id. #}
{% macro azure_resource_type(resource_key, consumed_service) -%}
  {{ adapter.dispatch('azure_resource_type')(resource_key, consumed_service) }}
{%- endmacro %}

{% macro duckdb__azure_resource_type(resource_key, consumed_service) -%}
  case
    when {{ resource_key }} is null then null
    when contains({{ resource_key }}, '/providers/')
      then regexp_replace(
        regexp_extract({{ resource_key }}, '.*/providers/(.*)$', 1),
        '^([^/]+/[^/]+)(/[^/]*)?(/[^/]+)?(/.*)?$', '\1\3'
      )
    when contains({{ resource_key }}, '/resourcegroups/') then 'microsoft.resources/resourcegroups'
    else coalesce(nullif(lower({{ consumed_service }}), ''), 'microsoft') || '/resource'
  end
{%- endmacro %}


{# A term as AWS writes it too: 12 months and P1Y are 1yr. #}
{% macro azure_term(term) -%}
  case upper(trim({{ term }}))
    when '' then null
    when '1' then '1mo'
    when '12' then '1yr'
    when '36' then '3yr'
    when '60' then '5yr'
    when 'P1M' then '1mo'
    when 'P1Y' then '1yr'
    when 'P3Y' then '3yr'
    when 'P5Y' then '5yr'
    when '1YEAR' then '1yr'
    when '1 YEAR' then '1yr'
    when '3YEARS' then '3yr'
    when '3 YEARS' then '3yr'
    else trim({{ term }})
  end
{%- endmacro %}


{# The hours of the month by which Azure prices a reservation, whatever the calendar says. #}
{% macro azure_hours_per_month() %}730{% endmacro %}


{# Months of such a term, 12 where it is none of them. #}
{% macro azure_months(term) -%}
  case {{ azure_term(term) }} when '1mo' then 1 when '3yr' then 36 when '5yr' then 60 else 12 end
{%- endmacro %}


{# A JSON object that is null instead of empty, and readable even where it is no JSON. #}
{% macro azure_object(text) -%}{{ adapter.dispatch('azure_object')(text) }}{%- endmacro %}

{% macro duckdb__azure_object(text) -%}
  case
    when {{ text }} is null or {{ text }} in ('', '{}') then null
    when json_valid({{ text }}) then cast({{ text }} as json)
    else {{ azure_unparsed(text) }}
  end
{%- endmacro %}


{# The item on the price list, and its price: by product where the agreement has it (MCA), else by
   part number (EA). Tax, credits and rounding have none. #}
{% macro azure_sku(lines) -%}
  case
    when {{ lines }}charge_category in ('Usage', 'Purchase')
      then coalesce(nullif({{ lines }}product_id, ''), nullif({{ lines }}part_number, ''))
  end
{%- endmacro %}

{% macro azure_sku_price(lines) -%}
  {{ azure_sku(lines) }} || coalesce('/' || nullif({{ lines }}meter_id, ''), '')
{%- endmacro %}


{# A price of int_azure__priced, which is in billing currency, in the currency of the price list. #}
{% macro azure_in_pricing_currency(price) -%}
  cast(
    cast(
      cast({{ price }} as double)
      / cast(nullif(charges.exchange_rate_pricing_to_billing, 0) as double) as decimal(38, 12)
    ) as decimal(38, 18)
  )
{%- endmacro %}
