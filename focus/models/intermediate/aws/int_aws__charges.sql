-- One row per FOCUS charge: line items classified, commitment fees split.
--
-- A line item becomes one row, except: a savings plan or reservation fee becomes a purchase and,
-- where part of it idled, an unused row. Savings plan negation becomes nothing, because covered
-- usage is billed 0; int_aws__sp_residuals holds what the two do not cancel.
with

line_types as (

    select *
    from (
        values
        ('Usage', 'usage', false),
        ('DiscountedUsage', 'ri_usage', false),
        ('SavingsPlanCoveredUsage', 'sp_usage', false),
        ('SavingsPlanNegation', 'sp_negation', false),
        ('SavingsPlanRecurringFee', 'sp_fee', false),
        ('SavingsPlanRecurringFee', 'sp_fee', true),
        ('SavingsPlanUpfrontFee', 'sp_upfront', false),
        ('RIFee', 'ri_fee', false),
        ('RIFee', 'ri_fee', true),
        ('Fee', 'fee', false),
        ('Tax', 'tax', false),
        ('Credit', 'credit', false),
        ('Refund', 'refund', false),
        ('EdpDiscount', 'discount', false),
        ('PrivateRateDiscount', 'discount', false),
        ('BundledDiscount', 'discount', false),
        ('Discount', 'discount', false),
        ('SppDiscount', 'discount', false),
        ('DistributorDiscount', 'discount', false),
        ('RiVolumeDiscount', 'discount', false)
    ) as t (line_item_type, kind, is_unused)

),

classified as (

    select
        lines.*,
        bases.is_net,
        coalesce(reservations.is_normalized, false) as is_normalized,
        reservations.units_per_hour,
        coalesce(line_types.is_unused, false) as is_unused,
        case
            when line_types.kind = 'fee' and lines.reservation_reservation_a_r_n <> ''
                then 'ri_upfront'
            else coalesce(line_types.kind, 'unknown')
        end as kind,
        {{ line_cost() }} as line_cost,
        {{ rate_of('lines.pricing_public_on_demand_rate') }} as public_rate,
        {{ rate_of('case when bases.is_net then lines.line_item_net_unblended_rate'
            ~ ' else lines.line_item_unblended_rate end') }} as line_rate
    from {{ ref('stg_aws__line_items') }} as lines
    left join line_types on lines.line_item_line_item_type = line_types.line_item_type
    left join {{ ref('int_aws__payer_bases') }} as bases
        on
            lines.x_load_id = bases.x_load_id
            and lines.bill_payer_account_id is not distinct from bases.bill_payer_account_id
    left join {{ ref('int_aws__reservations') }} as reservations
        on
            lines.x_load_id = reservations.x_load_id
            and lines.reservation_reservation_a_r_n = reservations.reservation_reservation_a_r_n

),

committed as (

    select
        *,
        case
            when kind in ('sp_usage', 'sp_fee', 'sp_upfront')
                then nullif(savings_plan_savings_plan_a_r_n, '')
            when kind in ('ri_usage', 'ri_fee', 'ri_upfront')
                then nullif(reservation_reservation_a_r_n, '')
            when kind in ('refund', 'credit', 'tax')
                then coalesce(
                    nullif(savings_plan_savings_plan_a_r_n, ''),
                    nullif(reservation_reservation_a_r_n, '')
                )
        end as commitment_discount_id,
        case
            when kind in ('usage', 'ri_usage', 'sp_usage', 'discount') or is_unused then 'Usage'
            when kind in ('sp_fee', 'sp_upfront', 'ri_fee', 'ri_upfront', 'fee') then 'Purchase'
            when kind = 'tax' then 'Tax'
            when kind = 'credit' then 'Credit'
            when kind <> 'refund' then 'Adjustment'
            when line_item_tax_type <> '' then 'Tax'
            when
                savings_plan_savings_plan_a_r_n <> ''
                or reservation_reservation_a_r_n <> ''
                or line_item_usage_type = 'Dollar'
                then 'Purchase'
            when line_item_usage_type <> '' then 'Usage'
            else 'Adjustment'
        end as charge_category,
        case
            when kind in ('refund', 'credit', 'tax')
                then savings_plan_savings_plan_a_r_n <> ''
            else kind in ('sp_usage', 'sp_fee', 'sp_upfront')
        end as is_savings_plan,
        case
            when kind = 'refund' and line_item_usage_start_date < billing_period_start
                then 'Correction'
        end as charge_class
    from classified
    where
        kind <> 'sp_negation'
        and (
            not is_unused
            or case
                when kind = 'sp_fee'
                    then
                        savings_plan_total_commitment_to_date
                        is distinct from savings_plan_used_commitment
                else
                    reservation_unused_quantity <> 0
                    or reservation_unused_recurring_fee <> 0
                    or reservation_unused_amortized_upfront_fee_for_billing_period <> 0
                    or reservation_net_unused_recurring_fee <> 0
                    or reservation_net_unused_amortized_upfront_fee_for_billing_period <> 0
            end
        )

)

select * from committed
