-- Charges that AWS exported as FOCUS: passed on as they are, nulls filled.
-- FOCUS 1.0 is raised to 1.2: columns that version lacks are filled where they follow from others.
select
    'aws' as x_vendor,
    *
from {{ ref('stg_aws__focus') }}
