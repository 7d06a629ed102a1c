-- Fails with the loads whose costs differ between AWS's FOCUS export and ours (N-I1).
{{ focus_exports_not_passed_on('aws', ['focus_1_0', 'focus_1_2']) }}
