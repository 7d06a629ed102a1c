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
      then {{ adapter.dispatch('divided')(cost, quantity) }}
  end
{%- endmacro %}

{# Decimals divide as doubles, whose digits beyond the fifteenth are noise: 1.1 would become
   1.100000000000000128. Prices are rounded to 8 places from 8000 on, to 12 from 8 on, to 15 from
   0.008 on, and to 18 below. #}
{% macro duckdb__divided(cost, quantity) -%}
  case
    when abs({{ cost }}) * 125 < abs({{ quantity }})
      then {{ quotient_to(18, cost, quantity) }}
    when abs({{ cost }}) < abs({{ quantity }}) * 8 then {{ quotient_to(15, cost, quantity) }}
    when abs({{ cost }}) < abs({{ quantity }}) * 8000 then {{ quotient_to(12, cost, quantity) }}
    else {{ quotient_to(8, cost, quantity) }}
  end
{%- endmacro %}

{% macro quotient_to(places, cost, quantity) -%}
  cast(
    try_cast(
      abs(cast({{ cost }} as double) / cast({{ quantity }} as double))
      as decimal(38, {{ places }})
    ) as decimal(38, 18)
  )
{%- endmacro %}


{# price times quantity as money: exact where the decimal product cannot overflow, which it does
   from 100 on, else to ten places. #}
{% macro priced(price, quantity) -%}
  case
    when abs({{ price }}) < 1 and abs({{ quantity }}) < 100
      then cast({{ price }} * {{ quantity }} as decimal(38, 18))
    else
      cast(
        try_cast(cast({{ price }} as double) * cast({{ quantity }} as double) as decimal(38, 10))
        as decimal(38, 18)
      )
  end
{%- endmacro %}


{# The share part / whole of an amount; null where whole is 0. vendors/aws/totals.py has the same
   expression, so that both give the same digits. #}
{% macro share_of(amount, part, whole) -%}
  try(
    cast(
      cast({{ amount }} as decimal(22, 10))
      * cast(cast({{ part }} as double) / cast(nullif({{ whole }}, 0) as double) as decimal(18, 15))
      as decimal(38, 18)
    )
  )
{%- endmacro %}


{# An amortized cost on the payer's basis; 0 where the bill leaves it empty. #}
{% macro net_or_gross(net, gross) -%}
  case when is_net then coalesce({{ net }}, {{ gross }}, 0) else coalesce({{ gross }}, 0) end
{%- endmacro %}
