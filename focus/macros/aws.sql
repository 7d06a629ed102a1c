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


{# Resource types as AWS's tagging API writes them, service:type, read from the ARN or the id. #}
{% macro aws_resource_type(resource_id, product_code) -%}
  case
    when {{ resource_id }} is null then null
    when starts_with({{ resource_id }}, 'arn:')
      then split_part({{ resource_id }}, ':', 3) || ':'
        || case
          when contains(split_part({{ resource_id }}, ':', 6), '/')
            then split_part(split_part({{ resource_id }}, ':', 6), '/', 1)
          when split_part({{ resource_id }}, ':', 7) <> '' then split_part({{ resource_id }}, ':', 6)
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
