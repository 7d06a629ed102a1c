-- Every charge in the columns of FOCUS 1.3.
{{ config(materialized='view') }}

{{ focus_version(['1.3']) }}
