"""What the validator found, compared with the defects that known_defects.toml explains."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("known_defects.toml")

Rules = Mapping[str, Mapping[str, Any]]
"""Rule id -> its status, what it demands and the rules it sums up."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """A rule that fails although the export is right, or that it misses on purpose."""

    id: str
    kind: str
    """'validator': the rule contradicts the specification; 'gap': ours, and not a must."""

    specification: str
    """The sentence of FOCUS 1.2 that the rule stands for."""

    reason: str
    evidence: str
    instead: str
    """Counts the rows of `export` that break that sentence: what the rule should have tested."""


@dataclass(frozen=True)
class Allowlist:
    """The known defects, and how much the validator must have run to be believed."""

    rules: int
    run: int
    model: str
    known: tuple[Known, ...]

    @classmethod
    def read(cls, path: Path = FILE) -> Allowlist:
        """Read the file; a key that is missing or unknown is an error."""
        with path.open("rb") as file:
            content = tomllib.load(file)
        defects = tuple(Known(**entry) for entry in content.pop("defect"))
        return cls(**content, known=defects)

    def complaints(self, rules: Rules) -> list[str]:
        """Return everything that is not as expected; nothing when all is."""
        listed = {known.id for known in self.known}
        failing = failed(rules)
        run = sum(rule["status"] != "skipped" for rule in rules.values())
        found = [
            f"{name} fails and is not listed: {rules[name]['demands']} {rules[name]['message']}"
            for name in sorted(failing - listed)
            if not follows(name, rules, failing)
        ]
        found += [
            f"{name} is listed and does not fail: take it off the list"
            for name in sorted(listed - failing)
        ]
        found += [
            f"{name} is listed but sums up others: list the part that fails"
            for name in sorted(listed & failing)
            if rules[name]["parts"]
        ]
        if (len(rules), run) != (self.rules, self.run):
            found.append(f"{run} of {len(rules)} rules ran, not {self.run} of {self.rules}")
        return found


def failed(rules: Rules) -> set[str]:
    return {name for name, rule in rules.items() if rule["status"] == "failed"}


def follows(name: str, rules: Rules, failing: set[str]) -> bool:
    """Tell whether a rule sums up others of which one fails, so that it says nothing new."""
    return not failing.isdisjoint(rules[name]["parts"])
