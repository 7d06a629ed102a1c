-- What the actual and the amortized export of one month do not agree on, a row per account,
-- subscription and currency where it is not zero: the two were run at different times, or for
-- different scopes. Billed in full, effective 0, so that both totals stay Azure's own.
with

summed as (

    select
        x_export,
        x_load_id,
        billing_period_start,
        {{ azure_billing_account('') }} as billing_account_id,
        {{ azure_subscription('') }} as sub_account_id,
        nullif(billing_currency, '') as billing_currency,
        sum(
            case
                when source_dataset = 'amortized'
                    then case when is_committed then 0 else -cost_in_billing_currency end
                when kind in ('bought', 'returned') then 0
                else cost_in_billing_currency
            end
        ) as billed_cost,
        count(*) filter (
            where source_dataset = 'amortized' or kind in ('bought', 'returned')
        ) as row_count
    from {{ ref('int_azure__classified') }}
    where is_paired
    group by 1, 2, 3, 4, 5, 6

)

select
    'azure' as x_vendor,
    x_export,
    x_load_id,
    'ActualNotInAmortized' as x_source_line_item_type,
    md5(concat_ws('|', x_load_id, billing_account_id, sub_account_id, billing_currency))
    || '#residual' as x_source_row_id,
    billing_account_id,
    'Billing Account' as billing_account_type,
    sub_account_id,
    case when sub_account_id is not null then 'Subscription' end as sub_account_type,
    'Microsoft' as invoice_issuer_name,
    'Microsoft' as provider_name,
    'Microsoft' as publisher_name,
    billing_period_start,
    billing_period_start + interval 1 month as billing_period_end,
    billing_period_start as charge_period_start,
    billing_period_start + interval 1 month as charge_period_end,
    'Adjustment' as charge_category,
    'What actual and amortized exports do not agree on' as charge_description,
    'One-Time' as charge_frequency,
    billing_currency,
    cast(billed_cost as decimal(38, 18)) as billed_cost,
    cast(0 as decimal(38, 18)) as effective_cost,
    cast(billed_cost as decimal(38, 18)) as list_cost,
    cast(billed_cost as decimal(38, 18)) as contracted_cost,
    billing_currency as pricing_currency,
    cast(0 as decimal(38, 18)) as pricing_currency_effective_cost,
    'Other' as service_name,
    'Other' as service_category,
    'Other (Other)' as service_subcategory
from summed
where billed_cost <> 0 or row_count = 0
