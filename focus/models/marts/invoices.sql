-- What each invoice bills, by who bills, issued and sold it and what kind of charge it is.
{{ config(materialized='mart_slices') }}

with

grouped as (

    select
        "x_LoadId" as load_id,
        "InvoiceId" as invoice_id,
        "x_BillingEntity" as billing_entity,
        "InvoiceIssuerName" as invoice_issuer_name,
        "ProviderName" as provider_name,
        "PublisherName" as publisher_name,
        "BillingAccountId" as billing_account_id,
        any_value("BillingAccountName") as billing_account_name,
        "ChargeCategory" as charge_category,
        "ChargeClass" as charge_class,
        "ChargeFrequency" as charge_frequency,
        "BillingCurrency" as billing_currency,
        count(*) as row_count,
        sum("BilledCost") as billed_cost,
        sum("EffectiveCost") as effective_cost,
        min("ChargePeriodStart") as first_charge_start,
        max("ChargePeriodEnd") as last_charge_end,
        -- Discounts and monthly charges span the month: they do not tell how far usage reaches.
        max("ChargePeriodEnd") filter (
            "ChargeFrequency" = 'Usage-Based'
            and "ChargePeriodEnd" <= "ChargePeriodStart" + interval 1 day
        ) as last_usage_end
    from {{ ref('cost_and_usage') }}
    where {{ in_mart_slices('"x_LoadId"') }}
    group by
        "x_LoadId",
        "InvoiceId",
        "x_BillingEntity",
        "InvoiceIssuerName",
        "ProviderName",
        "PublisherName",
        "BillingAccountId",
        "ChargeCategory",
        "ChargeClass",
        "ChargeFrequency",
        "BillingCurrency"

)

select
    {{ slice_columns() }},
    grouped.* exclude (load_id)
from grouped
{{ join_slice() }}
