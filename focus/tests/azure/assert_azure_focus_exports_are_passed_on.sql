-- Fails with the loads whose costs differ between Azure's FOCUS export and ours (N-I1).
{{ focus_exports_not_passed_on('azure', azure_focus_dialects()) }}
