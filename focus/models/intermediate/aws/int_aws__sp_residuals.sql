-- What covered usage and savings plan negation do not cancel, by account and savings plan.
--
-- AWS bills covered usage at its on-demand price and takes the same amount back in a negation
-- row. FOCUS bills both 0, so any difference (rounding, as a rule) must be kept in its own row.
with

residuals as (

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
        max(lines.bill_billing_entity) as bill_billing_entity,
        max(lines.bill_invoicing_entity) as bill_invoicing_entity,
        max(lines.line_item_legal_entity) as line_item_legal_entity,
        max(lines.bill_invoice_id) as bill_invoice_id,
        max(lines.pricing_currency) as pricing_currency,
        max(lines.savings_plan_offering_type) as savings_plan_offering_type,
        sum({{ line_cost() }}) as line_cost
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
    having sum({{ line_cost() }}) <> 0

)

select
    'aws' as x_vendor,
    x_export,
    x_load_id,
    'SavingsPlanNegation' as x_source_line_item_type,
    concat_ws('#', line_item_usage_account_id, savings_plan_savings_plan_a_r_n, 'residual')
        as x_source_row_id,
    nullif(bill_billing_entity, '') as x_billing_entity,
    bill_payer_account_id as billing_account_id,
    nullif(bill_payer_account_name, '') as billing_account_name,
    'Management Account' as billing_account_type,
    nullif(line_item_usage_account_id, '') as sub_account_id,
    nullif(line_item_usage_account_name, '') as sub_account_name,
    case when line_item_usage_account_id <> '' then 'Member Account' end as sub_account_type,
    nullif(bill_invoice_id, '') as invoice_id,
    coalesce(
        nullif(bill_invoicing_entity, ''), nullif(line_item_legal_entity, ''),
        'Amazon Web Services, Inc.'
    ) as invoice_issuer_name,
    'AWS' as provider_name,
    coalesce(nullif(line_item_legal_entity, ''), 'Amazon Web Services, Inc.') as publisher_name,
    billing_period_start,
    billing_period_start + interval 1 month as billing_period_end,
    billing_period_start as charge_period_start,
    billing_period_start + interval 1 month as charge_period_end,
    'Adjustment' as charge_category,
    'Savings plan usage that its negation does not cancel' as charge_description,
    'One-Time' as charge_frequency,
    line_item_currency_code as billing_currency,
    line_cost as billed_cost,
    cast(0 as decimal(38, 18)) as effective_cost,
    'covered usage carries the effective cost' as x_effective_cost_note,
    line_cost as list_cost,
    line_cost as contracted_cost,
    coalesce(nullif(pricing_currency, ''), line_item_currency_code) as pricing_currency,
    case
        when coalesce(nullif(pricing_currency, ''), line_item_currency_code)
            = line_item_currency_code
            then cast(0 as decimal(38, 18))
    end as pricing_currency_effective_cost,
    savings_plan_savings_plan_a_r_n as commitment_discount_id,
    case when savings_plan_savings_plan_a_r_n is not null then 'Spend' end
        as commitment_discount_category,
    case
        when savings_plan_savings_plan_a_r_n is not null
            then coalesce(nullif(savings_plan_offering_type, ''), 'Savings Plan')
    end as commitment_discount_type,
    'Savings Plans for AWS Compute usage' as service_name,
    'Compute' as service_category,
    'Other (Compute)' as service_subcategory
from residuals
