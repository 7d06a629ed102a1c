-- The unit of each reservation: normalized hours where all its lines of a month have them (a
-- reservation that covers any size of its family), else hours. FOCUS wants one unit for each.
select
    x_load_id,
    reservation_reservation_a_r_n,
    min(
        case
            when line_item_line_item_type = 'DiscountedUsage'
                then coalesce(line_item_normalized_usage_amount > 0, false)
            else
                coalesce(
                    try_cast(reservation_total_reserved_normalized_units as double) > 0, false
                )
        end
    ) as is_normalized,
    max(
        try_cast(reservation_total_reserved_normalized_units as double)
        / nullif(try_cast(reservation_total_reserved_units as double), 0)
    ) as units_per_hour
from {{ ref('stg_aws__line_items') }}
where
    reservation_reservation_a_r_n <> ''
    and line_item_line_item_type in ('DiscountedUsage', 'RIFee')
group by x_load_id, reservation_reservation_a_r_n
