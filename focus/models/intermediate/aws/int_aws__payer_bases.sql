-- Whether a payer's month is billed net: net columns exist only for payers with discounts.
-- Chosen per payer and month, never per row, so that gross and net are not mixed.
select
    x_load_id,
    bill_payer_account_id,
    count(line_item_net_unblended_cost) > 0 as is_net
from {{ ref('stg_aws__line_items') }}
group by x_load_id, bill_payer_account_id
