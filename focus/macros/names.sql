{# The schema a model names is the schema it gets: no target prefix. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
  {{ custom_schema_name or target.schema }}
{%- endmacro %}


{# A run works on a copy whose file name, and so its catalog name, differs from the file that
   readers open. A view that stored the catalog would break there, so no reference names it. #}
{% macro ref() -%}
  {% do return(builtins.ref(*varargs, **kwargs).include(database=false)) %}
{%- endmacro %}
