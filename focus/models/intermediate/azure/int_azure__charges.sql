-- One row per FOCUS charge: the lines that count, with what they are billed and what they cost.
--
-- Actual and amortized exports describe the same usage, so they are never added. Of a pair, all
-- amortized lines count, and of the actual ones the purchases and refunds of commitments, which
-- the amortized export leaves out. Of an actual export alone every line counts.
with

counted as (

    select *
    from {{ ref('int_azure__classified') }}
    where
        not is_paired
        or source_dataset = 'amortized'
        or kind in ('bought', 'returned')

)

select
    *,
    case
        when not is_paired or source_dataset = 'actual' then cost_in_billing_currency
        when is_committed then 0
        else cost_in_billing_currency
    end as billed_cost,
    case
        when is_paired and source_dataset = 'actual' then 0
        else cost_in_billing_currency
    end as effective_cost,
    case
        when kind in ('usage', 'covered', 'unused') then 'Usage'
        when kind in ('purchase', 'refund', 'bought', 'returned') then 'Purchase'
        when kind = 'tax' then 'Tax'
        when kind = 'credit' then 'Credit'
        else 'Adjustment'
    end as charge_category,
    case
        when not is_committed then null
        else coalesce(
            nullif(rtrim(lower(benefit_id), '/'), ''),
            case
                when reservation_id <> '' and product_order_id <> ''
                    then
                        '/providers/microsoft.capacity/reservationorders/'
                        || lower(product_order_id) || '/reservations/' || lower(reservation_id)
                when reservation_id <> '' then lower(reservation_id)
            end
        )
    end as commitment_discount_id,
    charge_word = 'unusedsavingsplan' or model = 'savingsplan' as is_savings_plan
from counted
