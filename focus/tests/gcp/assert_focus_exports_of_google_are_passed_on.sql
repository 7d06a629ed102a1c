-- Fails with the loads whose costs differ between Google's FOCUS export and ours (N-I1).
{{ focus_exports_not_passed_on('gcp', ['focus_1_0', 'focus_1_2']) }}
