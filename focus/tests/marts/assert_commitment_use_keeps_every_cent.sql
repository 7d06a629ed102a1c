-- Fails with a row per load and currency in which commitments differ from FOCUS.
{{ focus_differences('commitment_use', where=is_of_commitment()) }}
