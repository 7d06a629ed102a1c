"""Judge FOCUS files with the FinOps Foundation's validator and write what it found as JSON.

It runs in the environment that environment.py makes, and nothing of the project is imported:

    .venv-validator/bin/python -I tests/validator/validate.py FOUND.json FILES.parquet...

FILES may hold wildcards: what they match is judged as one data set.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import focus_validator
from focus_validator.validator import Validator


def judge(files: str) -> dict[str, Any]:
    """Return every rule's outcome for one data set, and which model they come from."""
    found = Validator(
        data_filename=files,
        output_type="unittest",
        output_destination=os.devnull,
        rules_version="1.2",
        focus_dataset="CostAndUsage",
        applicability_criteria="ALL",
        rules_block_remote_download=True,
    ).validate()
    return {
        "focus": found.rules_version,
        "model": found.model_version,
        "rows": found.data_row_count,
        "rules": {
            name: outcome(result, found.rules[name]) for name, result in found.by_rule_id.items()
        },
    }


def outcome(result: dict[str, Any], rule: Any) -> dict[str, Any]:
    """Return how one rule ended, what it demands and which rules it sums up."""
    details = result["details"]
    status = "skipped" if details.get("skipped") else "passed" if result["ok"] else "failed"
    criteria = rule.validation_criteria
    return {
        "status": status,
        "message": details.get("message") or details.get("reason") or "",
        "violations": details.get("violations"),
        "demands": criteria.must_satisfy,
        "parts": sorted(set(parts(criteria.requirement))),
    }


def parts(requirement: dict[str, Any]) -> Iterator[str]:
    """Yield the rules that a requirement refers to."""
    if "ModelRuleId" in requirement:
        yield requirement["ModelRuleId"]
    for item in requirement.get("Items", ()):
        yield from parts(item)


def main(report: str, *data_sets: str) -> None:
    """Judge the data sets, one after the other."""
    target, wanted = Path(report).resolve(), [str(Path(files).absolute()) for files in data_sets]
    # The validator opens its list of currencies relative to the working directory.
    os.chdir(Path(focus_validator.__file__).parents[1])
    target.write_text(json.dumps([judge(files) for files in wanted]), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
