-- Fails with the loads whose sums of credits differ from the credits themselves (G-I1, G-I2).
with

listed as (

    select
        x_load_id as load_id,
        x_credits_total,
        {{ gcp_credit_sum('credits') }} as total
    from {{ ref('stg_gcp__line_items') }}
    where x_credits_total <> 0 or cast(credits as varchar) like '%amount%'

)

select
    load_id,
    sum(x_credits_total) as of_column,
    sum(total) as of_list
from listed
group by load_id
having sum(x_credits_total) is distinct from sum(total)
