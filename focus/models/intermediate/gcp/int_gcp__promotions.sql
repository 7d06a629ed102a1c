-- One row per promotional credit. It carries the credit's amount alone, never the line's cost, so
-- that no cost is multiplied.
with

granted as (

    select
        row_id,
        x_load_id,
        x_export,
        billing_period_start,
        billing_account_id,
        project_id,
        project_name,
        service_id,
        service_description,
        location_region,
        location_location,
        usage_start_time,
        usage_end_time,
        currency,
        currency_conversion_rate,
        unnest({{ gcp_credits('credits') }}) as credit
    from {{ ref('int_gcp__lines') }}
    where {{ gcp_has_promotion() }}

)

select
    * exclude (credit),
    coalesce(nullif(credit.full_name, ''), credit.name, 'Promotional credit') as description,
    cast(credit.amount as decimal(38, 18)) as amount,
    row_id || '#' || coalesce(nullif(credit.id, ''), credit.name, 'promotion') as x_source_row_id
from granted
where credit.type = 'PROMOTION'
