-- Fails with a row per load, provider and currency in which commitments differ from daily costs.
{%- set keys = ['load_id', 'provider_name', 'billing_currency'] %}
{%- set measures = ['used_cost', 'unused_cost', 'contracted_cost', 'net_savings'] %}
with

used as (

    select
        {{ keys | join(', ') }},
        {{ measures | join(', ') }}
    from {{ ref('commitment_use') }}

),

counted as (

    select
        {{ keys | join(', ') }},
        case when commitment_status = 'Used' then effective_cost else 0 end as used_cost,
        case when commitment_status = 'Unused' then effective_cost else 0 end as unused_cost,
        case when commitment_status = 'Used' then contracted_cost else 0 end as contracted_cost,
        commitment_savings as net_savings
    from {{ ref('daily_costs') }}

),

{% for name, rows in [('commitments', 'used'), ('days', 'counted')] %}
{{ name }} as (

    select
        {{ keys | join(', ') }},
        {% for measure in measures %}
        sum({{ measure }}) as {{ measure }}{{ "," if not loop.last }}
        {% endfor %}
    from {{ rows }}
    group by {{ keys | join(', ') }}
    having
        {% for measure in measures %}
        {{ "or " if not loop.first }}sum({{ rows }}.{{ measure }}) <> 0
        {% endfor %}

){{ "," if not loop.last }}

{% endfor %}

{{ differences('commitments', 'days', keys, measures) }}
