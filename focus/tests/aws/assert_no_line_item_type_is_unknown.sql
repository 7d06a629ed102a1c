-- Warns with line item types that the mapping does not know; they are Adjustments until it does.
{{ config(severity='warn') }}
select
    "x_LoadId" as load_id,
    "x_SourceLineItemType" as line_item_type,
    count(*) as row_count,
    sum("BilledCost") as billed_cost
from {{ ref('cost_and_usage') }}
where
    {{ in_loads(loads_to_check(['cur_1', 'cur_2'])) }}
    and "ChargeCategory" = 'Adjustment'
    and coalesce("x_SourceLineItemType", '') not in ('Refund', 'SavingsPlanNegation')
group by 1, 2
