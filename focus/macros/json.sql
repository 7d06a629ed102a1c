{# JSON, lists and row picking differ most between engines: one body per engine for each macro.
   A member is one key and value of a JSON object; expressions on members call it `m`. #}


{# The members of a JSON object of strings, as a list of (key, value). #}
{% macro json_members(object) -%}{{ adapter.dispatch('json_members')(object) }}{%- endmacro %}

{% macro duckdb__json_members(object) -%}
  coalesce(map_entries(cast({{ object }} as map(varchar, varchar))), [])
{%- endmacro %}


{# A list of members as a JSON object; null when it is empty. `value` is the JSON text of m. #}
{% macro json_object(members, value='to_json(m.value)') -%}
  {{ adapter.dispatch('json_object')(members, value) }}
{%- endmacro %}

{% macro duckdb__json_object(members, value) -%}
  case when len({{ members }}) > 0 then cast(
    '{' || array_to_string(
      list_transform({{ members }}, lambda m: to_json(m.key) || ':' || {{ value }}), ','
    ) || '}' as json
  ) end
{%- endmacro %}


{# Members with another key and value. #}
{% macro members_as(members, key='m.key', value='m.value') -%}
  {{ adapter.dispatch('members_as')(members, key, value) }}
{%- endmacro %}

{% macro duckdb__members_as(members, key, value) -%}
  list_transform({{ members }}, lambda m: struct_pack(key := {{ key }}, value := {{ value }}))
{%- endmacro %}


{# The members of two lists. #}
{% macro joined_members(one, other) -%}
  {{ adapter.dispatch('joined_members')(one, other) }}
{%- endmacro %}

{% macro duckdb__joined_members(one, other) -%}list_concat({{ one }}, {{ other }}){%- endmacro %}


{# Members in the order of their keys, so that equal objects become equal text. #}
{% macro sorted_members(members) -%}{{ adapter.dispatch('sorted_members')(members) }}{%- endmacro %}

{% macro duckdb__sorted_members(members) -%}list_sort({{ members }}){%- endmacro %}


{# The value of one key in a list of members. #}
{% macro member_value(members, key) -%}
  {{ adapter.dispatch('member_value')(members, key) }}
{%- endmacro %}

{% macro duckdb__member_value(members, key) -%}
  list_filter({{ members }}, lambda m: m.key = {{ string_literal(key) }})[1].value
{%- endmacro %}


{# Columns as a JSON object, keys without `prefix`; null and empty values are left out. #}
{% macro json_of_columns(columns, prefix) -%}
  {{ adapter.dispatch('json_of_columns')(columns, prefix) }}
{%- endmacro %}

{% macro duckdb__json_of_columns(columns, prefix) -%}
  {%- if columns -%}
  {{ json_object(
      "list_filter([" ~ members_of_columns(columns, prefix) ~ "], lambda m: m.value <> '')"
  ) }}
  {%- else -%}
  cast(null as json)
  {%- endif -%}
{%- endmacro %}

{% macro members_of_columns(columns, prefix) -%}
  {%- for name in columns -%}
    struct_pack(
      key := {{ string_literal(name.removeprefix(prefix)) }}, value := cast("{{ name }}" as varchar)
    )
    {{- ", " if not loop.last }}
  {%- endfor -%}
{%- endmacro %}


{# The text at one key of a JSON object. #}
{% macro json_text(object, key) -%}{{ adapter.dispatch('json_text')(object, key) }}{%- endmacro %}

{% macro duckdb__json_text(object, key) -%}
  json_extract_string({{ object }}, {{ string_literal("$." ~ key) }})
{%- endmacro %}


{# A JSON object that is null instead of empty. #}
{% macro json_or_null(object) -%}{{ adapter.dispatch('json_or_null')(object) }}{%- endmacro %}

{% macro duckdb__json_or_null(object) -%}
  case when cast({{ object }} as varchar) not in ('{}', '') then {{ object }} end
{%- endmacro %}


{# A constant map of text to text, looked up by map[key]. #}
{% macro text_map(entries) -%}{{ adapter.dispatch('text_map')(entries) }}{%- endmacro %}

{% macro duckdb__text_map(entries) -%}
  map {
    {%- for key, value in entries.items() -%}
    {{ string_literal(key) }}: {{ string_literal(value) }}{{ ", " if not loop.last }}
    {%- endfor -%}
  }
{%- endmacro %}


{# snake_case or lower words as PascalCase. #}
{% macro pascal_case(text) -%}{{ adapter.dispatch('pascal_case')(text) }}{%- endmacro %}

{% macro duckdb__pascal_case(text) -%}
  array_to_string(
    list_transform(
      string_split({{ text }}, '_'), lambda word: upper(substr(word, 1, 1)) || substr(word, 2)
    ), ''
  )
{%- endmacro %}


{# The condition that keeps one row of `table` for each value of `key`. #}
{% macro one_row_per(key, table, where) -%}
  {{ adapter.dispatch('one_row_per')(key, table, where) }}
{%- endmacro %}

{% macro duckdb__one_row_per(key, table, where) -%}
  rowid in (select min(rowid) from {{ table }} where {{ where }} group by {{ key }})
{%- endmacro %}


{# The parts of a text between separators, as a list. #}
{% macro split_text(text, separator) -%}
  {{ adapter.dispatch('split_text')(text, separator) }}
{%- endmacro %}

{% macro duckdb__split_text(text, separator) -%}
  string_split({{ text }}, {{ string_literal(separator) }})
{%- endmacro %}
