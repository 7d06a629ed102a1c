{# JSON differs most between engines: each macro here has one body per engine. #}


{# The members of a JSON object of strings, as a list of (key, value). #}
{% macro json_members(object) -%}{{ adapter.dispatch('json_members')(object) }}{%- endmacro %}

{% macro duckdb__json_members(object) -%}
  coalesce(map_entries(cast({{ object }} as map(varchar, varchar))), [])
{%- endmacro %}


{# A list of (key, value) as JSON text; null when it is empty. key and value are expressions on
   the member `m`. #}
{% macro json_object(members, key='m.key', value='to_json(m.value)') -%}
  {{ adapter.dispatch('json_object')(members, key, value) }}
{%- endmacro %}

{% macro duckdb__json_object(members, key, value) -%}
  case when len({{ members }}) > 0 then cast(
    '{' || array_to_string(
      list_transform({{ members }}, lambda m: to_json({{ key }}) || ':' || {{ value }}), ','
    ) || '}' as json
  ) end
{%- endmacro %}


{# Members with other keys; key is an expression on the member `m`. #}
{% macro rekeyed(members, key) -%}{{ adapter.dispatch('rekeyed')(members, key) }}{%- endmacro %}

{% macro duckdb__rekeyed(members, key) -%}
  list_transform({{ members }}, lambda m: struct_pack(key := {{ key }}, value := m.value))
{%- endmacro %}


{# A constant map of text to text. #}
{% macro text_map(entries) -%}{{ adapter.dispatch('text_map')(entries) }}{%- endmacro %}

{% macro duckdb__text_map(entries) -%}
  map {
    {%- for key, value in entries.items() -%}
    {{ string_literal(key) }}: {{ string_literal(value) }}{{ ", " if not loop.last }}
    {%- endfor -%}
  }
{%- endmacro %}
