-- Warns where two exports bill the same account of the same payer in the same month.
{{ config(severity='warn') }}
{%- set loads = loads_to_check() %}
select
    "x_Vendor" as vendor,
    "BillingAccountId" as billing_account_id,
    "SubAccountId" as sub_account_id,
    "BillingPeriodStart" as billing_period_start,
    min("x_Export") as one_export,
    max("x_Export") as other_export
from {{ ref('cost_and_usage') }}
where
    {{ in_periods(loads) }}
    and "x_Vendor" not in ({{ string_literals(var('vendors_with_gaps', []) + ['']) }})
group by 1, 2, 3, 4
having min("x_Export") <> max("x_Export")
