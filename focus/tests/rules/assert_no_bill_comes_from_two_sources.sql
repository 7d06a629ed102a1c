-- Fails where a payer's month comes from CUR and from a FOCUS export, or from two versions of
-- FOCUS: its money would count twice (N-I2). Vendors of many providers, whose account ids may be
-- equal by chance, are compared by provider when an import ends.
{%- set origin = loads_by_origin() %}
{%- set loads = origin["mapped"] + origin["passed_on"] %}
with

sources as (

    select distinct
        focus."BillingAccountId" as billing_account_id,
        focus."BillingPeriodStart" as billing_period_start,
        focus."x_Vendor" as vendor,
        focus."x_Export" as export,
        -- Versions of one mapped export are one source: cur_1 and cur_2.
        case
            when starts_with(loads.dialect, 'focus') then loads.dialect
            else split_part(loads.dialect, '_', 1)
        end as dialect
    from (
        select distinct "BillingAccountId", "BillingPeriodStart", "x_Vendor", "x_Export", "x_LoadId"
        from {{ ref('cost_and_usage') }}
        where
            {{ in_periods(loads) }}
            and "x_Vendor" not in ({{ string_literals(var('vendors_with_gaps', []) + ['']) }})
    ) as focus
    inner join ledger.loads as loads on focus."x_LoadId" = loads.load_id

)

select
    vendor,
    billing_account_id,
    billing_period_start,
    min(export) as one_export,
    max(export) as other_export
from sources
group by vendor, billing_account_id, billing_period_start
having count(distinct dialect) > 1
