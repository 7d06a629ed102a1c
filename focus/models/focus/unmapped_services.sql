-- The money behind services that no seed of a vendor names: they are category 'Other'.
{{ config(materialized='view') }}

select
    "x_Vendor" as vendor,
    "x_ServiceCode" as service_code,
    "ServiceName" as service_name,
    "PublisherName" as publisher_name,
    "BillingCurrency" as billing_currency,
    min("BillingPeriodStart") as first_billing_period,
    max("BillingPeriodStart") as last_billing_period,
    count(*) as row_count,
    sum("BilledCost") as billed_cost,
    sum("EffectiveCost") as effective_cost
from {{ ref('cost_and_usage') }}
where "ServiceSubcategory" = 'Other (Other)'
group by 1, 2, 3, 4, 5
