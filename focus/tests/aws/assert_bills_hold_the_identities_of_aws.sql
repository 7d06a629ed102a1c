-- Warns with the identities that a bill breaks, by load and commitment or payer.
--
-- They are AWS's promises about its own lines, not ours about the mapping: a bill that was cut
-- down to some accounts breaks them, and is still mapped to the cent.
{{ config(severity='warn') }}
with

lines as (

    select
        lines.*,
        bases.is_net,
        {{ line_cost() }} as line_cost,
        {{ amortized_cost() }} as amortized_cost
    from {{ ref('stg_aws__line_items') }} as lines
    left join {{ ref('int_aws__payer_bases') }} as bases
        on
            lines.x_load_id = bases.x_load_id
            and lines.bill_payer_account_id is not distinct from bases.bill_payer_account_id
    where
        lines.savings_plan_savings_plan_a_r_n <> ''
        or lines.reservation_reservation_a_r_n <> ''

),

savings_plans as (

    select
        x_load_id as load_id,
        savings_plan_savings_plan_a_r_n as subject,
        sum(line_cost) filter (
            where line_item_line_item_type in ('SavingsPlanCoveredUsage', 'SavingsPlanNegation')
        ) as residual,
        sum(savings_plan_savings_plan_effective_cost) filter (
            where line_item_line_item_type = 'SavingsPlanCoveredUsage'
        ) as used,
        sum(savings_plan_used_commitment) filter (
            where line_item_line_item_type = 'SavingsPlanRecurringFee'
        ) as used_of_fee
    from lines
    where savings_plan_savings_plan_a_r_n <> ''
    group by 1, 2

),

reservations as (

    select
        x_load_id as load_id,
        reservation_reservation_a_r_n as subject,
        sum(reservation_effective_cost) filter (
            where line_item_line_item_type = 'DiscountedUsage'
        ) as used,
        sum(
            coalesce(reservation_unused_amortized_upfront_fee_for_billing_period, 0)
            + coalesce(reservation_unused_recurring_fee, 0)
        ) filter (where line_item_line_item_type = 'RIFee') as unused,
        sum(
            coalesce(reservation_amortized_upfront_fee_for_billing_period, 0)
            + line_item_unblended_cost
        ) filter (where line_item_line_item_type = 'RIFee') as paid
    from lines
    where reservation_reservation_a_r_n <> ''
    group by 1, 2

),

upfront as (

    select
        x_load_id as load_id,
        bill_payer_account_id as subject,
        sum(amortized_cost - line_cost) as spread,
        sum(
            case
                when line_item_line_item_type = 'SavingsPlanRecurringFee'
                    then {{ net_or_gross(
                        'savings_plan_net_amortized_upfront_commitment_for_billing_period',
                        'savings_plan_amortized_upfront_commitment_for_billing_period') }}
                when line_item_line_item_type = 'RIFee'
                    then {{ net_or_gross(
                        'reservation_net_amortized_upfront_fee_for_billing_period',
                        'reservation_amortized_upfront_fee_for_billing_period') }}
                when line_item_line_item_type in ('SavingsPlanUpfrontFee', 'Fee', 'Refund')
                    then -line_cost
            end
        ) as expected
    from lines
    group by 1, 2

),

discounts as (

    select
        lines.x_load_id as load_id,
        lines.bill_payer_account_id as subject,
        sum(lines.line_item_unblended_cost) filter (where {{ is_discount() }}) as gross_rows,
        sum(lines.line_item_net_unblended_cost) filter (where {{ is_discount() }}) as net_rows,
        sum(lines.line_item_net_unblended_cost - lines.line_item_unblended_cost) filter (
            where not {{ is_discount() }}
        ) as folded_in
    from {{ ref('stg_aws__line_items') }} as lines
    group by 1, 2
    having count(lines.line_item_net_unblended_cost) > 0

)

select
    load_id,
    subject,
    'Savings plan negation cancels covered usage (A-I2)' as identity,
    residual as difference
from savings_plans
where abs(residual) > 0.01

union all

select
    load_id,
    subject,
    'Covered usage is the used part of the savings plan (A-I3)' as identity,
    used - used_of_fee as difference
from savings_plans
where abs(coalesce(used, 0) - used_of_fee) > 0.01

union all

select
    load_id,
    subject,
    'Used and unused reservation is its fee and amortized upfront (A-I4)' as identity,
    coalesce(used, 0) + unused - paid as difference
from reservations
where abs(coalesce(used, 0) + unused - paid) > 0.01

union all

select
    load_id,
    subject,
    'Effective less billed is upfront spread less upfront billed (A-I5)' as identity,
    spread - expected as difference
from upfront
where abs(spread - coalesce(expected, 0)) > 0.01

union all

select
    load_id,
    subject,
    'Discount rows are what net cost lacks (A-I8)' as identity,
    gross_rows - folded_in as difference
from discounts
where abs(gross_rows - folded_in) > 0.01

union all

select
    load_id,
    subject,
    'Discounts are rows or inside net cost, never both (A3)' as identity,
    net_rows as difference
from discounts
where abs(net_rows) > 0.01
