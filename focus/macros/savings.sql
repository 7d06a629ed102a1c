{# What commitments saved, and the prices it is reckoned from: each rule once, for every mart. #}


{# True for usage whose price in `column` the bill states. Discounts, which have no price, belong to
   the usage that they lower, and idle commitments to what they could have covered. #}
{% macro has_price(column) -%}
  "ChargeCategory" = 'Usage' and (
    {{ column }} is not null
    or "EffectiveCost" < 0
    or coalesce("CommitmentDiscountStatus" = 'Unused', false)
  )
{%- endmacro %}


{# The cost at the price in `price`; nothing for what idled, whatever the bill says of it, and null
   where the price is not known. #}
{% macro cost_at(cost, price) -%}
  case
    when not ({{ has_price(price) }}) then null
    when "CommitmentDiscountStatus" = 'Unused' then 0
    else {{ cost }}
  end
{%- endmacro %}

{% macro list_cost() -%}{{ cost_at('"ListCost"', '"ListUnitPrice"') }}{%- endmacro %}

{% macro contracted_cost() -%}
  {{ cost_at('"ContractedCost"', '"ContractedUnitPrice"') }}
{%- endmacro %}


{# What a commitment saved on a charge: its cost on demand less its effective cost, below zero for
   what idled; null where no commitment is involved or the price on demand is not known. #}
{% macro commitment_savings() -%}
  case when "CommitmentDiscountStatus" is not null
    then {{ contracted_cost() }} - "EffectiveCost"
  end
{%- endmacro %}


{# True for a charge of a commitment: one that names it, or says that it was used or idled. #}
{% macro is_of_commitment() -%}
  ("CommitmentDiscountId" is not null or "CommitmentDiscountStatus" is not null)
{%- endmacro %}
