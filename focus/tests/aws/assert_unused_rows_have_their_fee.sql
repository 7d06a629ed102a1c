-- Fails with the unused rows whose fee is not in FOCUS beside them (I2).
{%- set loads = loads_to_check(['cur_1', 'cur_2']) %}
select
    unused."x_LoadId" as load_id,
    unused."x_SourceRowId" as row_id,
    unused."x_ParentRowId" as parent_row_id
from {{ ref('cost_and_usage') }} as unused
where
    {{ in_loads(loads) }}
    and unused."x_ParentRowId" is not null
    and not exists (
        select 1
        from {{ ref('cost_and_usage') }} as fee
        where
            {{ in_loads(loads) }}
            and fee."ChargeCategory" = 'Purchase'
            and fee."CommitmentDiscountId" is not null
            and fee."x_LoadId" = unused."x_LoadId"
            and fee."x_SourceRowId" = unused."x_ParentRowId"
    )
