-- Fails with a row per commitment and month whose effective cost is neither used nor unused.
-- Refunds of a commitment have no effective cost; taxes and credits on it are not use. Where the bill
-- has no amortized cost, the purchase alone has one: what was billed.
select
    load_id,
    commitment_id,
    effective_cost,
    used_cost,
    unused_cost
from {{ ref('commitment_use') }}
where
    effective_cost - used_cost - unused_cost <> 0
    and recurring_fee + upfront_fee = billed_cost
    and (used_cost <> 0 or unused_cost <> 0 or effective_cost <> billed_cost)
