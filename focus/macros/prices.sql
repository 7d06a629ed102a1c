{# Prices and quantities. Costs are never computed from prices where the bill states the cost. #}


{# A rate the bill writes as text, as a price. AWS prices have ten decimals; twelve are kept. #}
{% macro rate_of(text) -%}
  cast(try_cast({{ text }} as decimal(18, 12)) as decimal(38, 18))
{%- endmacro %}


{# True when price times quantity is not cost, within a millionth, or a billionth of the cost. #}
{% macro price_misses_cost(price, quantity, cost, within='0.000001') -%}
  {{ adapter.dispatch('price_misses_cost')(price, quantity, cost, within) }}
{%- endmacro %}

{# DECIMAL(38,18) to DOUBLE costs twenty times a decimal product, so small costs, which are nearly
   all, stay decimal. That product overflows from 100 on: TRY makes it null, and so a miss. #}
{% macro duckdb__price_misses_cost(price, quantity, cost, within) -%}
  case
    when {{ price }} is null or {{ quantity }} is null then false
    when {{ cost }} between -90 and 90
      then coalesce(abs(try({{ price }} * {{ quantity }}) - {{ cost }}) > {{ within }}, true)
    else
      abs(
        cast({{ price }} as double) * cast({{ quantity }} as double) - cast({{ cost }} as double)
      ) > {{ within }} + 1e-9 * abs(cast({{ cost }} as double))
  end
{%- endmacro %}


{# The unit price that, times quantity, is cost: the bill's own rate where it agrees, else the
   quotient, else null (nothing to divide by, or a price below zero, which FOCUS forbids). #}
{% macro unit_price(rate, cost, quantity) -%}
  case
    when {{ quantity }} = 0 then case when {{ cost }} = 0 then {{ rate }} end
    when {{ rate }} is not null and not {{ price_misses_cost(rate, quantity, cost, '0.00000005') }}
      then {{ rate }}
    else {{ quotient(cost, quantity) }}
  end
{%- endmacro %}


{# cost / quantity as a price; null when it is below zero. #}
{% macro quotient(cost, quantity) -%}
  case
    when ({{ cost }} >= 0) = ({{ quantity }} > 0) or {{ cost }} = 0
      then try_cast(
        abs(cast({{ cost }} as double) / cast({{ quantity }} as double)) as decimal(38, 18)
      )
  end
{%- endmacro %}


{# price times quantity as money. #}
{% macro priced(price, quantity) -%}
  try_cast(cast({{ price }} as double) * cast({{ quantity }} as double) as decimal(38, 18))
{%- endmacro %}


{# An amortised cost on the payer's basis; 0 where the bill leaves it empty. #}
{% macro net_or_gross(net, gross) -%}
  case when is_net then coalesce({{ net }}, {{ gross }}, 0) else coalesce({{ gross }}, 0) end
{%- endmacro %}
