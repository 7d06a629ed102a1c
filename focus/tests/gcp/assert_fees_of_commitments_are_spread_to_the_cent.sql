-- Fails with the commitments whose used and unused cost is not the fee that was billed (G-I6).
{%- set loads = loads_to_check(['gcp_standard', 'gcp_detailed']) %}
select
    "x_LoadId" as load_id,
    "CommitmentDiscountId" as commitment,
    "BillingCurrency" as currency,
    sum("BilledCost") filter (where "ChargeCategory" = 'Purchase') as fee,
    sum("EffectiveCost") filter (where "ChargeCategory" = 'Usage') as spread
from {{ ref('cost_and_usage') }}
where
    {{ in_loads(loads) }}
    and "CommitmentDiscountId" is not null
group by 1, 2, 3
having
    count(*) filter (where "ChargeCategory" = 'Purchase') > 0
    -- Usage that is billed at the commitment's price brings its own cost.
    and count(*) filter (where "ChargeCategory" = 'Usage' and "BilledCost" <> 0) = 0
    and coalesce(sum("EffectiveCost") filter (where "ChargeCategory" = 'Usage'), 0)
    <> sum("BilledCost") filter (where "ChargeCategory" = 'Purchase')
