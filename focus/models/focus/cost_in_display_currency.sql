-- Every charge with its costs in the display currency of config.toml, and the rate used.
-- Without a display currency each charge shows its own: rate 1.
{{ config(materialized='view') }}

{%- set costs = ['BilledCost', 'EffectiveCost', 'ListCost', 'ContractedCost'] %}

select
    costs.*,
    coalesce(rates.display, costs."BillingCurrency") as "x_DisplayCurrency",
    coalesce(rates.rate, 1) as "x_ExchangeRate",
    rates.rate_date as "x_ExchangeRateDate",
    {% for cost in costs %}
    case
        when rates.rate is null then costs."{{ cost }}"
        else cast(
            cast(costs."{{ cost }}" as decimal(38, 12)) * cast(rates.rate as decimal(20, 12))
            as decimal(38, 18)
        )
    end as "x_Display{{ cost }}"{{ "," if not loop.last }}
    {% endfor %}
from {{ ref('cost_and_usage') }} as costs
left join ledger.exchange_rates as rates
    on
        costs."BillingCurrency" = rates.currency
        and cast(coalesce(costs."ChargePeriodStart", costs."BillingPeriodStart") as date)
        = rates.day
