-- One row per distinct set of labels and tags, with its FOCUS Tags and what system labels tell of
-- the machine. A bill has few sets and many lines: the JSON work is done once per set.
--
-- Where two levels have one key, the resource's label wins over the project's, that over a tag,
-- and that over a system label.
with

sets as (

    select distinct
        labels,
        project_labels,
        tags,
        system_labels
    from {{ ref('stg_gcp__line_items') }}
    where coalesce(labels, project_labels, tags, system_labels) is not null

),

members as (

    select
        *,
        {{ gcp_labels('labels') }} as of_resource,
        {{ gcp_labels('project_labels') }} as of_project,
        {{ gcp_labels('tags') }} as of_tags,
        {{ gcp_labels('system_labels') }} as of_system
    from sets

),

joined as (

    select
        *,
        {{ gcp_joined(
            gcp_joined(gcp_joined('of_resource', 'of_project'), 'of_tags'), 'of_system') }} as found
    from members

),

machines as (

    select
        *,
        {{ member_value('of_system', 'compute.googleapis.com/machine_spec') }} as machine,
        {{ member_value('of_system', 'compute.googleapis.com/cores') }} as cores,
        {{ member_value('of_system', 'compute.googleapis.com/memory') }} as memory,
        {{ member_value('of_system', 'compute.googleapis.com/reservation_name') }} as reservation,
        {{ member_value('of_system', 'compute.googleapis.com/is_unused_reservation') }} as is_idle
    from joined

)

select
    labels,
    project_labels,
    tags as resource_tags,
    system_labels,
    {{ json_object(sorted_members('found')) }} as tags,
    nullif(reservation, '') as capacity_reservation_id,
    coalesce(lower(is_idle) = 'true', false) as is_unused_reservation,
    machine,
    try_cast(cores as integer) as cores,
    try_cast(memory as double) / 1024 as memory_gib
from machines
