-- What covered usage and savings plan negation do not cancel, by account and savings plan.
--
-- AWS bills covered usage at its on-demand price and takes the same amount back in a negation
-- row. FOCUS bills both 0, so any difference (rounding, as a rule) must be kept in its own row.
select
    lines.x_load_id,
    lines.x_export,
    lines.billing_period_start,
    lines.bill_payer_account_id,
    lines.line_item_usage_account_id,
    lines.line_item_currency_code,
    nullif(lines.savings_plan_savings_plan_a_r_n, '') as savings_plan_savings_plan_a_r_n,
    max(lines.bill_payer_account_name) as bill_payer_account_name,
    max(lines.line_item_usage_account_name) as line_item_usage_account_name,
    max(lines.bill_invoicing_entity) as bill_invoicing_entity,
    max(lines.line_item_legal_entity) as line_item_legal_entity,
    max(lines.bill_invoice_id) as bill_invoice_id,
    max(lines.pricing_currency) as pricing_currency,
    max(lines.savings_plan_offering_type) as savings_plan_offering_type,
    sum(
        case
            when bases.is_net
                then coalesce(lines.line_item_net_unblended_cost, lines.line_item_unblended_cost)
            else lines.line_item_unblended_cost
        end
    ) as line_cost
from {{ ref('stg_aws__line_items') }} as lines
left join {{ ref('int_aws__payer_bases') }} as bases
    on
        lines.x_load_id = bases.x_load_id
        and lines.bill_payer_account_id is not distinct from bases.bill_payer_account_id
where lines.line_item_line_item_type in ('SavingsPlanCoveredUsage', 'SavingsPlanNegation')
group by
    lines.x_load_id,
    lines.x_export,
    lines.billing_period_start,
    lines.bill_payer_account_id,
    lines.line_item_usage_account_id,
    lines.line_item_currency_code,
    nullif(lines.savings_plan_savings_plan_a_r_n, '')
having sum(
    case
        when bases.is_net
            then coalesce(lines.line_item_net_unblended_cost, lines.line_item_unblended_cost)
        else lines.line_item_unblended_cost
    end
) <> 0
