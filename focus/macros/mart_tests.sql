{# Rows where the sums of two CTEs differ; none means that they hold the same. Both have the
   columns in `keys` and `measures`. #}
{% macro differences(one, other, keys, measures, join='full') %}
select
    {% for key in keys %}
    coalesce({{ one }}.{{ key }}, {{ other }}.{{ key }}) as {{ key }},
    {% endfor %}
    {% for measure in measures %}
    {{ one }}.{{ measure }} as {{ one }}_{{ measure }},
    {{ other }}.{{ measure }} as {{ other }}_{{ measure }}{{ "," if not loop.last }}
    {% endfor %}
from {{ one }}
{{ join }} join {{ other }}
    on
        {% for key in keys %}
        {{ "and " if not loop.first }}{{ one }}.{{ key }} is not distinct from {{ other }}.{{ key }}
        {% endfor %}
where
    {% for measure in measures %}
    {{ "or " if not loop.first }}{{ one }}.{{ measure }} is distinct from {{ other }}.{{ measure }}
    {% endfor %}
{% endmacro %}


{# What marts are compared by, and in. #}
{% macro mart_keys() %}{% do return(['load_id', 'billing_currency']) %}{% endmacro %}

{% macro mart_measures() %}
  {% do return(['row_count', 'billed_cost', 'effective_cost']) %}
{% endmacro %}


{# A mart's sums by the columns in `by`. #}
{% macro mart_sums(mart, by, where='true') %}
    select
        {{ by | join(', ') }},
        {% for measure in mart_measures() %}
        sum({{ measure }}) as {{ measure }}{{ "," if not loop.last }}
        {% endfor %}
    from {{ ref(mart) }}
    where {{ where }}
    group by {{ by | join(', ') }}
{% endmacro %}


{# Where a mart differs from the invoices, by load, currency and the columns in `by`: no row means
   that the mart keeps every charge and every cent. #}
{% macro mart_differences(mart, by=[]) %}
with

bill as (

    {{ mart_sums('invoices', mart_keys()) }}

),

mart as (

    {{ mart_sums(mart, mart_keys() + by) }}

)

{{ differences('bill', 'mart', mart_keys(), mart_measures(), 'inner' if by else 'full') }}
{% endmacro %}


{# Where a mart built straight from FOCUS differs from it, for the loads to check. `where` narrows
   the charges that the mart is about. #}
{% macro focus_differences(mart, where='true') %}
{%- set loads = loads_to_check() %}
with

focus as (

    select
        "x_LoadId" as load_id,
        "BillingCurrency" as billing_currency,
        count(*) as row_count,
        sum("BilledCost") as billed_cost,
        sum("EffectiveCost") as effective_cost
    from {{ ref('cost_and_usage') }}
    where
        {{ in_loads(loads) }}
        and {{ where }}
    group by "x_LoadId", "BillingCurrency"

),

mart as (

    {{ mart_sums(mart, mart_keys(), in_loads(loads, 'load_id')) }}

)

{{ differences('focus', 'mart', mart_keys(), mart_measures()) }}
{% endmacro %}
