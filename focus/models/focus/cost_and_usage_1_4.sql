-- Every charge in the columns of FOCUS 1.4, which dropped ProviderName and PublisherName.
{{ config(materialized='view') }}

{{ focus_version(['1.3', '1.4'], without=['ProviderName', 'PublisherName']) }}
