{# Tags under the keys that users activated. CUR 2.0 and Athena write user_cost_center, legacy CSV
   writes user:CostCenter; both become CostCenter. AWS's own keys keep theirs: aws:createdBy. #}


{# {export: {key in the bill: key in FOCUS}}; '' holds what every export shares. Name is the key by
   which AWS's console names resources, activated or not. #}
{% macro aws_tag_keys() %}
  {% set shared = {"user_name": "Name"} %}
  {% for key in aws_generated_tag_keys() %}
    {% do shared.update({snake_tag_key(key): key}) %}
  {% endfor %}
  {% set keys = {"": shared} %}
  {% if execute %}
    {% set query %}
      select export, key from ledger.tag_keys where vendor = 'aws' order by export, key
    {% endset %}
    {% for row in run_query(query).rows %}
      {% set in_bill = snake_tag_key(row["key"]) %}
      {% if not row["key"].startswith("aws:") %}{% set in_bill = "user_" ~ in_bill %}{% endif %}
      {% if row["export"] not in keys %}
        {% do keys.update({row["export"]: dict(shared)}) %}
      {% endif %}
      {% do keys[row["export"]].update({in_bill: row["key"]}) %}
    {% endfor %}
  {% endif %}
  {% do return(keys) %}
{% endmacro %}


{# CostCenter, costCenter and Cost Center -> cost_center, as AWS shortens keys. #}
{% macro snake_tag_key(key) %}
  {% set words = modules.re.sub("(?<=[A-Za-z0-9])(?=[A-Z])", "_", key).lower() %}
  {% do return(modules.re.sub("[^a-z0-9]+", "_", words).strip("_")) %}
{% endmacro %}


{# Keys that AWS sets itself, whose spelling the bill loses. #}
{% macro aws_generated_tag_keys() %}
  {% do return([
    "aws:createdBy",
    "aws:autoscaling:groupName",
    "aws:batch:compute-environment",
    "aws:batch:job-definition",
    "aws:batch:job-queue",
    "aws:cloudformation:logical-id",
    "aws:cloudformation:stack-id",
    "aws:cloudformation:stack-name",
    "aws:ec2:fleet-id",
    "aws:ec2launchtemplate:id",
    "aws:ec2launchtemplate:version",
    "aws:ec2spot:fleet-request-id",
    "aws:ecs:clusterName",
    "aws:ecs:serviceName",
    "aws:eks:cluster-name",
    "aws:eks:deployment",
    "aws:eks:namespace",
    "aws:eks:node",
    "aws:eks:workload-name",
    "aws:eks:workload-type",
    "aws:elasticmapreduce:instance-group-role",
    "aws:elasticmapreduce:job-flow-id",
    "aws:servicecatalog:portfolioArn",
    "aws:servicecatalog:productArn",
    "aws:servicecatalog:provisioningPrincipal",
  ]) %}
{% endmacro %}


{# A number that stands for a set of tags: a filter compares it faster than the text. #}
{% macro tag_set_id(tags) -%}{{ adapter.dispatch('tag_set_id')(tags) }}{%- endmacro %}

{% macro duckdb__tag_set_id(tags) -%}md5_number_lower(cast({{ tags }} as varchar)){%- endmacro %}
