-- One row per line of the actual and amortized exports: what it is to the mapping.
with

worded as (

    select
        *,
        {{ azure_is_paired() }} as is_paired,
        coalesce(nullif(replace(lower(charge_type), ' ', ''), ''), 'usage') as charge_word,
        coalesce(
            nullif(replace(lower(pricing_model), ' ', ''), ''),
            case when reservation_id <> '' then 'reservation' else 'ondemand' end
        ) as model,
        lower(coalesce(meter_category, '')) as meter_key,
        nullif(rtrim(lower(resource_id), '/'), '') as resource_key
    from {{ ref('stg_azure__charges') }}

),

classified as (

    select
        *,
        case
            when charge_word in ('unusedreservation', 'unusedsavingsplan') then 'unused'
            when charge_word = 'usage'
                then case when model in ('reservation', 'savingsplan') then 'covered' else 'usage' end
            when charge_word in ('purchase', 'refund')
                then
                    case
                        when model in ('reservation', 'savingsplan')
                            then case charge_word when 'refund' then 'returned' else 'bought' end
                        else charge_word
                    end
            when charge_word in ('tax', 'credit') then charge_word
            when charge_word = 'roundingadjustment' then 'rounding'
            else 'unknown'
        end as kind
    from worded

)

select
    *,
    kind in ('unused', 'covered', 'bought', 'returned') as is_committed
from classified
