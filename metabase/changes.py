"""What a run has changed, or would change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Changes:
    """The list of them, and whether they are made."""

    write: bool
    report: Callable[[str], object]
    """Called with each change as it is found."""
    found: list[str] = field(default_factory=list)

    def add(self, text: str) -> bool:
        """Note a change; tell whether to make it."""
        self.found.append(text)
        self.report(text)
        return self.write
