-- Warns with charge types that the mapping does not know; they are Adjustments until it does.
{{ config(severity='warn') }}
select
    "x_LoadId" as load_id,
    "x_SourceLineItemType" as charge_type,
    count(*) as row_count,
    sum("BilledCost") as billed_cost
from {{ ref('cost_and_usage') }}
where
    {{ in_loads(loads_to_check(['cost_pair', 'cost_actual'])) }}
    and "ChargeCategory" = 'Adjustment'
    and coalesce("x_SourceLineItemType", '') not in ('RoundingAdjustment', 'ActualNotInAmortized')
group by 1, 2
