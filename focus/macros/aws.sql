{# Pieces of the AWS mapping that would hide the models' shape. `charges` is int_aws__priced. #}


{# A column of the savings plan, else of the reservation; null without commitment. #}
{% macro of_commitment(name, type) -%}
  try_cast(
    case
      when charges.commitment_discount_id is not null
        then coalesce(
          nullif(charges.savings_plan_{{ name }}, ''), nullif(charges.reservation_{{ name }}, '')
        )
    end as {{ type }}
  )
{%- endmacro %}


{# Resource types as AWS's tagging API writes them, service:type, read from the ARN or the id.
   arn: the parts of the ARN, null for other ids. #}
{% macro aws_resource_type(resource_id, arn, product_code) -%}
  case
    when {{ resource_id }} is null then null
    when {{ arn }} is not null
      then {{ arn }}[3] || ':'
        || case
          -- arn:aws:ec2:eu-west-1:1:instance/i-0, arn:aws:apigateway:eu-west-1::/apis/a
          when contains({{ arn }}[6], '/') then split_part(ltrim({{ arn }}[6], '/'), '/', 1)
          -- arn:aws:rds:eu-west-1:1:db:name
          when len({{ arn }}) > 6 then {{ arn }}[6]
          -- arn:aws:sqs:eu-west-1:1:name
          when {{ arn }}[3] = 's3' then 'bucket'
          when {{ arn }}[3] = 'sns' then 'topic'
          when {{ arn }}[3] = 'sqs' then 'queue'
          else 'resource'
        end
    when starts_with({{ resource_id }}, 'i-') then 'ec2:instance'
    when starts_with({{ resource_id }}, 'vol-') then 'ec2:volume'
    when starts_with({{ resource_id }}, 'snap-') then 'ec2:snapshot'
    when starts_with({{ resource_id }}, 'nat-') then 'ec2:natgateway'
    when starts_with({{ resource_id }}, 'eni-') then 'ec2:network-interface'
    when starts_with({{ resource_id }}, 'vpce-') then 'ec2:vpc-endpoint'
    when {{ product_code }} = 'AmazonS3' then 's3:bucket'
    else coalesce({{ product_code }}, 'aws') || ':resource'
  end
{%- endmacro %}


{# What the invoice charges for a line, on the payer's basis. `lines` and `bases` are joined. #}
{% macro line_cost() -%}
  case
    when bases.is_net
      then coalesce(lines.line_item_net_unblended_cost, lines.line_item_unblended_cost)
    else lines.line_item_unblended_cost
  end
{%- endmacro %}


{# AWS's amortized cost of a line, as CUR dashboards compute it. The mapping does not use it: tests
   compare the two. #}
{% macro amortized_cost() -%}
  case lines.line_item_line_item_type
    when 'SavingsPlanCoveredUsage'
      then {{ net_or_gross(
        'lines.savings_plan_net_savings_plan_effective_cost',
        'lines.savings_plan_savings_plan_effective_cost') }}
    when 'SavingsPlanRecurringFee' then {{ unused_plan_cost('lines.') }}
    when 'SavingsPlanNegation' then 0
    when 'SavingsPlanUpfrontFee' then 0
    when 'DiscountedUsage'
      then {{ net_or_gross(
        'lines.reservation_net_effective_cost', 'lines.reservation_effective_cost') }}
    when 'RIFee'
      then {{ net_or_gross(
          'lines.reservation_net_unused_amortized_upfront_fee_for_billing_period',
          'lines.reservation_unused_amortized_upfront_fee_for_billing_period') }}
        + {{ net_or_gross(
          'lines.reservation_net_unused_recurring_fee', 'lines.reservation_unused_recurring_fee') }}
    else
      case
        when lines.line_item_line_item_type in ('Fee', 'Refund')
          and lines.reservation_reservation_a_r_n <> '' then 0
        when lines.line_item_line_item_type = 'Refund'
          and lines.savings_plan_savings_plan_a_r_n <> '' then 0
        else {{ line_cost() }}
      end
  end
{%- endmacro %}


{# The part of a savings plan's fee that idled, before discounts. #}
{% macro unused_plan(lines='') -%}
  coalesce({{ lines }}savings_plan_total_commitment_to_date, 0)
  - coalesce({{ lines }}savings_plan_used_commitment, 0)
{%- endmacro %}


{# Its cost. AWS writes no net amount for it: a net payer is taken off the same share as of the
   whole fee, whose recurring and upfront parts have net columns. Where these are empty or 0, the
   cost stays gross. #}
{% macro unused_plan_cost(lines='') -%}
  {%- set parts = [
    'recurring_commitment_for_billing_period', 'amortized_upfront_commitment_for_billing_period',
  ] -%}
  {%- set fee = [] -%}
  {%- set discount = [] -%}
  {%- for part in parts -%}
    {%- set gross = lines ~ 'savings_plan_' ~ part -%}
    {%- set net = lines ~ 'savings_plan_net_' ~ part -%}
    {%- do fee.append('coalesce(' ~ gross ~ ', 0)') -%}
    {%- do discount.append('coalesce(' ~ gross ~ ' - nullif(' ~ net ~ ', 0), 0)') -%}
  {%- endfor -%}
  case
    when is_net
      then {{ unused_plan(lines) }} - coalesce(
        {{ share_of(unused_plan(lines), discount | join(' + '), fee | join(' + ')) }}, 0
      )
    else {{ unused_plan(lines) }}
  end
{%- endmacro %}


{# Reserved usage at the on-demand price of the contract. The bill has its public price only, and
   for net payers what discounts took off the reservation's own cost: the same share is taken. #}
{% macro contracted_reserved_cost() -%}
  case
    when is_net
      then list_cost - coalesce(
        {{ share_of(
          'list_cost',
          'reservation_effective_cost - nullif(reservation_net_effective_cost, 0)',
          'reservation_effective_cost') }}, 0
      )
    else list_cost
  end
{%- endmacro %}


{% macro is_discount() -%}
  lines.line_item_line_item_type in (
    'EdpDiscount', 'PrivateRateDiscount', 'BundledDiscount', 'Discount',
    'SppDiscount', 'DistributorDiscount', 'RiVolumeDiscount'
  )
{%- endmacro %}


{# {product attribute of AWS: [property of FOCUS, pattern of values that have a number]}. #}
{% macro aws_sku_properties() %}
  {% do return({
    "vcpu": ["CoreCount", "^[0-9]"],
    "gpu": ["GpuCount", "^[0-9]"],
    "memory": ["MemorySize", "^[0-9.,]+ *GiB"],
    "max_iopsvolume": ["DiskMaxIops", "^[0-9]+$"],
    "network_performance": ["NetworkMaxThroughput", "[0-9] *Gigabit|[0-9] *Gbps"],
    "operating_system": ["OperatingSystem", none],
    "storage_media": ["DiskType", none],
    "storage_class": ["StorageClass", none],
    "deployment_option": ["Redundancy", none],
  }) %}
{% endmacro %}


{# The SkuPriceDetails key of member m. #}
{% macro aws_sku_attribute() -%}
  case
    {% for name, property in aws_sku_properties().items() %}
    when m.key = '{{ name }}'
      {%- if property[1] %} and regexp_matches(m.value, '{{ property[1] }}'){% endif %}
      then '{{ property[0] }}'
    {% endfor %}
    else 'x_' || {{ pascal_case('m.key') }}
  end
{%- endmacro %}


{# The JSON text of its value: cores, GiB, IOPS and Mbps are numbers. #}
{% macro aws_sku_value() -%}
  case
    when m.key = 'network_performance'
      and regexp_matches(m.value, '{{ aws_sku_properties()["network_performance"][1] }}')
      then cast(cast(
        cast(regexp_extract(m.value, '([0-9.]+) *G', 1) as double) * 1000 as bigint) as varchar)
    {% for name, property in aws_sku_properties().items() if property[1] %}
    when m.key = '{{ name }}' and regexp_matches(m.value, '{{ property[1] }}')
      then regexp_replace(cast(try_cast(
        replace(regexp_extract(m.value, '^[0-9][0-9.,]*'), ',', '') as double) as varchar),
        '[.]0$', '')
    {% endfor %}
    else to_json(m.value)
  end
{%- endmacro %}


{# Normalized hours that a reservation's fee pays for; upfront fees may state plain hours only. #}
{% macro reserved_normalized_units() -%}
  coalesce(
    try_cast(nullif(reservation_total_reserved_normalized_units, '') as decimal(38, 18)),
    cast(
      try_cast(
        units_per_hour * coalesce(
          try_cast(reservation_total_reserved_units as double),
          cast(line_item_usage_amount as double)
        ) as decimal(38, 8)
      ) as decimal(38, 18)
    ),
    0
  )
{%- endmacro %}
