-- One row per charge of the FOCUS exports this run maps, FOCUS 1.0 and 1.2 alike.
-- Names and types only: no filter, no join, no sum. Columns a version lacks are null.
{{ staged_focus('gcp', ['focus_1_0', 'focus_1_2']) }}
