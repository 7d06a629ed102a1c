-- Warns with names and ids that carry two values where FOCUS allows one (I13, I12).
{{ config(severity='warn') }}
{%- set loads = loads_to_check() %}

select 'ServiceName has one ServiceCategory' as rule, "ServiceName" as subject
from {{ ref('cost_and_usage') }}
where {{ in_loads(loads) }}
group by "ServiceName"
having count(distinct "ServiceCategory") > 1

union all

select
    'CommitmentDiscountId has one CommitmentDiscountUnit' as rule,
    "CommitmentDiscountId" as subject
from {{ ref('cost_and_usage') }}
where {{ in_loads(loads) }} and "CommitmentDiscountId" is not null
group by "CommitmentDiscountId"
having count(distinct "CommitmentDiscountUnit") > 1

union all

select 'SkuPriceId has one SkuId' as rule, "SkuPriceId" as subject
from {{ ref('cost_and_usage') }}
where {{ in_loads(loads) }} and "SkuPriceId" is not null
group by "SkuPriceId"
having count(distinct "SkuId") > 1
