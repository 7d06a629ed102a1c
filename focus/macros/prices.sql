{# The unit price that, times quantity, is cost: the bill's own rate where it agrees, else the
   quotient, else null (no quantity, or a price below zero, which FOCUS forbids).

   Prices go through DOUBLE, because DECIMAL(38,18) times DECIMAL(38,18) overflows; costs never do. #}
{% macro unit_price(rate, cost, quantity) -%}
  case
    when {{ quantity }} = 0
      then case when {{ cost }} = 0 then try_cast({{ rate }} as decimal(38, 18)) end
    when
      abs(
        try_cast({{ rate }} as double) * cast({{ quantity }} as double) - cast({{ cost }} as double)
      ) <= 1e-9 + 1e-9 * abs(cast({{ cost }} as double))
      then try_cast({{ rate }} as decimal(38, 18))
    when cast({{ cost }} as double) / cast({{ quantity }} as double) >= 0
      then try_cast(cast({{ cost }} as double) / cast({{ quantity }} as double) as decimal(38, 18))
  end
{%- endmacro %}


{# rate (text) times quantity as money. #}
{% macro priced(rate, quantity) -%}
  try_cast(try_cast({{ rate }} as double) * cast({{ quantity }} as double) as decimal(38, 18))
{%- endmacro %}


{# An amortised cost on the payer's basis; 0 where the bill leaves it empty. #}
{% macro net_or_gross(net, gross) -%}
  case when is_net then coalesce({{ net }}, {{ gross }}, 0) else coalesce({{ gross }}, 0) end
{%- endmacro %}
