-- Fails with the subscriptions whose BilledCost is not the cost of the actual export (Z-I1).
{%- set loads = loads_to_map('azure', ['cost_pair', 'cost_actual']) %}
with

bill as (

    select
        x_load_id as load_id,
        {{ azure_subscription('') }} as sub_account_id,
        billing_currency,
        sum(case source_dataset when 'actual' then cost_in_billing_currency else 0 end)
            as billed_cost
    from {{ ref('stg_azure__charges') }}
    group by 1, 2, 3

),

focus as (

    select
        "x_LoadId" as load_id,
        "SubAccountId" as sub_account_id,
        "BillingCurrency" as billing_currency,
        sum("BilledCost") as billed_cost
    from {{ ref('cost_and_usage') }}
    where "x_LoadId" in (select load_id from bill) or {{ in_loads(loads) }}
    group by 1, 2, 3

)

{{ differences(
    'bill', 'focus', ['load_id', 'sub_account_id', 'billing_currency'], ['billed_cost']
) }}
