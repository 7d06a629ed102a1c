-- Each commitment in each month: what it cost, what of it was used, what it saved.
{{ config(materialized='mart_slices') }}

with

grouped as (

    select
        "x_LoadId" as load_id,
        "CommitmentDiscountId" as commitment_id,
        any_value("CommitmentDiscountName") as commitment_name,
        any_value("CommitmentDiscountCategory") as commitment_category,
        any_value("CommitmentDiscountType") as commitment_type,
        "ProviderName" as provider_name,
        "BillingAccountId" as billing_account_id,
        any_value("SubAccountId") filter (
            "ChargeCategory" = 'Purchase' or "CommitmentDiscountStatus" = 'Unused'
        ) as owner_account_id,
        any_value("x_PaymentOption") as payment_option,
        any_value("x_CommitmentTerm") as commitment_term,
        min("x_CommitmentStart") as commitment_start,
        max("x_CommitmentEnd") as commitment_end,
        "BillingCurrency" as billing_currency,
        count(*) as row_count,

        ---------- billed (cash)
        sum("BilledCost") as billed_cost,
        coalesce(
            sum("BilledCost") filter (
                "ChargeCategory" = 'Purchase' and "ChargeFrequency" = 'Recurring'
            ), 0
        ) as recurring_fee,
        coalesce(
            sum("BilledCost") filter (
                "ChargeCategory" = 'Purchase' and "ChargeFrequency" <> 'Recurring'
            ), 0
        ) as upfront_fee,

        ---------- effective (spread over the term)
        sum("EffectiveCost") as effective_cost,
        coalesce(sum("EffectiveCost") filter ("CommitmentDiscountStatus" = 'Used'), 0)
            as used_cost,
        coalesce(sum("EffectiveCost") filter ("CommitmentDiscountStatus" = 'Unused'), 0)
            as unused_cost,

        ---------- what the covered usage would have cost
        coalesce(sum({{ list_cost() }}) filter ("CommitmentDiscountStatus" = 'Used'), 0)
            as list_cost,
        coalesce(sum({{ contracted_cost() }}) filter ("CommitmentDiscountStatus" = 'Used'), 0)
            as contracted_cost,
        coalesce(sum({{ commitment_savings() }}), 0) as net_savings,

        ---------- quantities
        coalesce(sum("CommitmentDiscountQuantity") filter ("CommitmentDiscountStatus" = 'Used'), 0)
            as used_quantity,
        coalesce(
            sum("CommitmentDiscountQuantity") filter ("CommitmentDiscountStatus" = 'Unused'), 0
        ) as unused_quantity,
        any_value("CommitmentDiscountUnit") filter ("CommitmentDiscountStatus" is not null)
            as quantity_unit
    from {{ ref('cost_and_usage') }}
    where
        {{ in_mart_slices('"x_LoadId"') }}
        and {{ is_of_commitment() }}
    group by
        "x_LoadId",
        "CommitmentDiscountId",
        "ProviderName",
        "BillingAccountId",
        "BillingCurrency"

)

select
    {{ slice_columns() }},
    grouped.* exclude (load_id),
    net_savings < 0 as is_loss
from grouped
{{ join_slice() }}
