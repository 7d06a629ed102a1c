{# Every metric of the product, each formula once: Σ over Σ, in one currency.

   source is the mart whose columns the formulas use; any filter and any grouping of it gives the
   metric of that group. Ratios are from 0 to 1. marts.metrics publishes this list. #}
{% macro metric_definitions() %}
  {% set committed = "pricing_category = 'Committed'" %}
  {% set rows = [
    ["billed_cost", "Billed", "currency", "daily_costs",
     "sum(billed_cost)", none,
     "Charges as invoiced, purchases in full when they are billed."],
    ["effective_cost", "Effective", "currency", "daily_costs",
     "sum(effective_cost)", none,
     "Charges with commitments spread over the time they serve."],
    ["list_cost", "List", "currency", "daily_costs",
     "sum(list_cost)", none,
     "Usage with a known list price, at public on-demand prices."],
    ["contracted_cost", "Contracted", "currency", "daily_costs",
     "sum(contracted_cost)", none,
     "Usage with a known negotiated price, at on-demand prices."],
    ["negotiated_savings", "Negotiated savings", "currency", "daily_costs",
     "sum(negotiated_savings)", none,
     "What negotiated rates, discounts and spot prices took off the list price."],
    ["commitment_savings", "Commitment savings", "currency", "daily_costs",
     "sum(commitment_savings)", none,
     "What covered usage would have cost on demand, less the cost of commitments, idle ones included."],
    ["effective_savings_rate", "Effective savings rate", "ratio", "daily_costs",
     "sum(list_cost - priced_effective_cost)", "sum(list_cost)",
     "Share of the list price that was not paid; idle commitments lower it."],
    ["commitment_savings_rate", "Commitment savings rate", "ratio", "daily_costs",
     "sum(commitment_savings)", "sum(contracted_cost)",
     "Share of the negotiated on-demand price that commitments saved."],
    ["compute_savings_rate", "Compute savings rate", "ratio", "daily_costs",
     "sum(list_cost - priced_effective_cost) filter (service_category = 'Compute')",
     "sum(list_cost) filter (service_category = 'Compute')",
     "Effective savings rate of the service category Compute."],
    ["commitment_coverage", "Commitment coverage", "ratio", "daily_costs",
     "sum(contracted_cost) filter (" ~ committed ~ ")",
     "coalesce(sum(contracted_cost) filter (" ~ committed ~ "), 0) + coalesce(sum(eligible_cost), 0)",
     "Share of eligible usage, at on-demand prices, that commitments covered."],
    ["commitment_utilisation", "Commitment utilisation", "ratio", "daily_costs",
     "sum(effective_cost) filter (commitment_status = 'Used')",
     "sum(effective_cost) filter (commitment_status in ('Used', 'Unused'))",
     "Share of the commitments paid for that usage drew on."],
    ["unused_commitment_cost", "Unused commitments", "currency", "daily_costs",
     "sum(effective_cost) filter (commitment_status = 'Unused')", none,
     "Cost of commitments that idled."],
    ["spot_share", "Spot share", "ratio", "daily_costs",
     "sum(effective_cost) filter (pricing_category = 'Dynamic' and service_category = 'Compute')",
     "sum(effective_cost) filter (charge_category = 'Usage' and service_category = 'Compute')",
     "Share of compute usage bought at spot prices."],
    ["price_coverage", "Price coverage", "ratio", "daily_costs",
     "sum(priced_effective_cost)", "sum(usage_effective_cost)",
     "Share of usage cost that has a list price: how much the savings metrics see."],
    ["purchase_cost", "Purchases", "currency", "daily_costs",
     "sum(billed_cost) filter (charge_category = 'Purchase')", none,
     "Billed purchases: commitments, support, subscriptions."],
    ["tax_cost", "Tax", "currency", "daily_costs",
     "sum(billed_cost) filter (charge_category = 'Tax')", none, "Billed taxes."],
    ["credit_cost", "Credits", "currency", "daily_costs",
     "sum(billed_cost) filter (charge_category = 'Credit')", none,
     "Credits granted; below zero."],
    ["correction_cost", "Corrections", "currency", "daily_costs",
     "sum(billed_cost) filter (charge_class = 'Correction')", none,
     "Amounts that amend earlier billing periods."],
    ["tagged_share", "Tagged share", "ratio", "tag_coverage",
     "sum(tagged_cost) filter (tag_key = '*')", "sum(taggable_cost) filter (tag_key = '*')",
     "Share of usage cost whose resource carries at least one tag of yours."],
  ] %}
  {% set found = [] %}
  {% for name, label, unit, source, numerator, denominator, description in rows %}
    {% do found.append({
      "name": name, "label": label, "unit": unit, "source": source, "numerator": numerator,
      "denominator": denominator, "description": description,
    }) %}
  {% endfor %}
  {% do return(found) %}
{% endmacro %}


{# The SQL of one metric: an amount (0 where there is nothing) or a ratio (null where its base is 0). #}
{% macro metric_sql(metric) -%}
  {%- if metric.denominator -%}
    cast(coalesce({{ metric.numerator }}, 0) as double)
    / nullif(cast({{ metric.denominator }} as double), 0)
  {%- else -%}
    coalesce({{ metric.numerator }}, 0)
  {%- endif -%}
{%- endmacro %}
