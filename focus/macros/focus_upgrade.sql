{# How FOCUS files of any version become FOCUS 1.2. docs/vendors/focus.md lists the rules. #}


{# The dialects of FOCUS files, oldest first. #}
{% macro focus_dialects() %}
  {% do return([
    "focus_0_5", "focus_1_0_preview", "focus_1_0", "focus_1_1", "focus_1_2", "focus_1_3",
    "focus_1_4",
  ]) %}
{% endmacro %}


{# An allowed value however it is spelt: in another case, with blanks for hyphens, or as a former
   version named it. A text that is none of them passes as it is, and a check reports it. #}
{% macro allowed_value(text, column, former={}) -%}
  {%- set spellings = dict(former) -%}
  {%- for value in allowed_values()[column] -%}
    {%- do spellings.update({value | lower: value}) -%}
    {%- do spellings.update({value | lower | replace("-", "") : value}) -%}
    {%- do spellings.update({value | lower | replace("-", " ") : value}) -%}
  {%- endfor -%}
  coalesce({{ text_map(spellings) }}[lower(trim({{ text }}))], {{ text }})
{%- endmacro %}


{# FOCUS 1.0-preview named prices by their model. #}
{% macro pricing_category_of(text) -%}
  {{ allowed_value(text, "PricingCategory", {
    "on-demand": "Standard",
    "commitment-based": "Committed",
  }) }}
{%- endmacro %}


{# A service category however it is spelt. #}
{% macro service_category_of(text) -%}
  {%- set spellings = {
    "ai & machine learning": "AI and Machine Learning",
    "ai and ml": "AI and Machine Learning",
    "database": "Databases",
    "network": "Networking",
    "management & governance": "Management and Governance",
    "iot": "Internet of Things",
    "business application": "Business Applications",
  } -%}
  {%- for category in service_categories() -%}
    {%- do spellings.update({category | lower: category}) -%}
  {%- endfor -%}
  coalesce({{ text_map(spellings) }}[lower(trim({{ text }}))], {{ text }})
{%- endmacro %}


{# A subcategory however it is spelt, else the category's own 'Other (...)' where it has none. #}
{% macro service_subcategory_of(text, category) -%}
  {%- set spellings = {
    "no-sql db": "NoSQL Databases",
    "nosql": "NoSQL Databases",
    "data warehouse": "Data Warehouses",
    "relational database": "Relational Databases",
    "virtual machine": "Virtual Machines",
  } -%}
  {%- set others = {} -%}
  {%- for name, subcategories in service_categories().items() -%}
    {%- do others.update({name: "Other (" ~ name ~ ")"}) -%}
    {%- for subcategory in subcategories -%}
      {%- do spellings.update({subcategory | lower: subcategory}) -%}
    {%- endfor -%}
  {%- endfor -%}
  coalesce(
    {{ text_map(spellings) }}[lower(trim({{ text }}))], {{ text }}, {{ text_map(others) }}[{{ category }}]
  )
{%- endmacro %}
