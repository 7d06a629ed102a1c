-- One row per distinct text of AdditionalInfo: its FOCUS SkuPriceDetails, and what it says of
-- reservations. Names that FOCUS defines are FOCUS's, all others are x_ keys.
with

infos as (

    select distinct additional_info
    from {{ ref('stg_azure__charges') }}
    where additional_info <> ''

),

members as (

    select
        additional_info,
        {{ azure_members('additional_info') }} as members
    from infos

)

select
    additional_info,
    {{ json_object(
        sorted_members(members_as('members', key=azure_sku_attribute())), value='m.value'
    ) }} as sku_price_details,
    {{ azure_member_text('members', 'VMCapacityReservationId') }} as capacity_reservation_id,
    try_cast({{ azure_member_text('members', 'RINormalizationRatio') }} as decimal(18, 6))
        as normalization_ratio
from members
