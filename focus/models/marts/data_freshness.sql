-- How far each billing period of each export reaches, and whether it can still change.
-- Kept whole: it has one row per current load, also for months without a charge.
{{ config(materialized='table') }}

with

invoiced as (

    select
        load_id,
        sum(row_count) as row_count,
        max(last_usage_end) as last_usage_end,
        bool_and(invoice_id is not null) as is_invoiced
    from {{ ref('invoices') }}
    group by load_id

)

select
    loads.load_id,
    loads.vendor,
    loads.export,
    loads.billing_period,
    loads.version_id,
    loads.finished_at as loaded_at,
    coalesce(invoiced.row_count, 0) as row_count,
    invoiced.last_usage_end as data_as_of,
    coalesce(invoiced.is_invoiced, false) as is_invoiced,
    -- A month ends with its invoice, or once it is over and usage has reached its last moment.
    not coalesce(invoiced.is_invoiced, false)
    and coalesce(
        least(invoiced.last_usage_end, loads.finished_at)
        < loads.billing_period + interval 1 month, true
    ) as is_partial
from ledger.loads as loads
left join invoiced on loads.load_id = invoiced.load_id
where loads.status = 'current'
