-- Every charge of FOCUS files and of OCI's cost reports in FOCUS 1.2, still in snake case.
select * from {{ ref('int_focus__charges') }}
union all by name
select * from {{ ref('int_focus__oci') }}
