"""The tests, tier by tier: a folder is what `run_tests.py --tier` names."""
