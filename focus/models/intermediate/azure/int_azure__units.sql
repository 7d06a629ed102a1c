-- One row per unit of measure of the bill: the size of its block and the unit within it.
-- '100 Hours' is 100 and Hours, '10K' is 10000 and Units, '1 GB/Month' is 1 and GB/Month.
with

measures as (

    select distinct unit_of_measure from {{ ref('stg_azure__charges') }}

),

split as (

    select
        unit_of_measure,
        regexp_extract(trim(unit_of_measure), '^([0-9]+)', 1) as number,
        trim(regexp_replace(trim(unit_of_measure), '^[0-9]+', '')) as rest
    from measures

),

scaled as (

    select
        *,
        regexp_matches(rest, '^[KMB]([^A-Za-z].*)?$') as has_scale
    from split

)

select
    unit_of_measure,
    coalesce(nullif(try_cast(number as bigint), 0), 1)
    * case when not has_scale then 1
        else case substr(rest, 1, 1) when 'K' then 1000 when 'M' then 1000000 else 1000000000 end
    end as block_size,
    case trim(case when has_scale then substr(rest, 2) else rest end)
        when '' then 'Units'
        when 'Hour' then 'Hours'
        when 'Second' then 'Seconds'
        when 'Minute' then 'Minutes'
        when 'Day' then 'Days'
        when 'Month' then 'Months'
        when '/Hour' then 'Units/Hour'
        when '/Day' then 'Units/Day'
        when '/Month' then 'Units/Month'
        else trim(case when has_scale then substr(rest, 2) else rest end)
    end as unit
from scaled
