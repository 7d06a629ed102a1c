"""What a saved view holds: a question of the explorer, as the address of its page has it."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import parse_qsl

from pydantic import Field

from dashboards.asked import read_parameters
from dashboards.dimensions import dimension
from dashboards.problems import Refused
from dashboards.question import TopQuestion, named
from dashboards.slices import Text


class Address(TopQuestion):
    """A question, and what else the address of the explorer's page has."""

    range: Literal["7d", "30d", "90d", "month", "last", "3m", "6m", "ytd", "all"] = "6m"
    """The days, counted from the end of the data, where no days are given."""
    view: Literal["bar", "area", "line", "treemap", "table"] = "bar"
    drill: list[Text] = []
    """Dimensions that led here."""
    cumulative: Literal["0", "1"] = "0"
    sort: Annotated[str, Field(pattern=r":(up|down)$")] = "Total:down"
    """Label of a column of the table, and its order."""


def check_view(query: str) -> None:
    """Let only a question of the explorer pass, whether or not the data have an answer.

    Raises:
        Refused: Naming what is none.
    """
    known = Address.model_fields
    pairs = parse_qsl(query, keep_blank_values=True)
    for name, _ in pairs:
        if name not in known:
            raise Refused(
                400,
                f"query: the explorer has no parameter {name[:80]!r}",
                f"Parameters: {', '.join(sorted(known))}.",
            )
    # An empty group is how the page's address says that there is none.
    address = read_parameters(Address, [pair for pair in pairs if pair != ("group", "")])
    named(address)
    for name in address.drill:
        dimension(name)
    if (address.start is None) != (address.end is None):
        raise Refused(400, "query: a period has a start and an end", "Give both, or a range.")
    if address.start and address.end and address.start >= address.end:
        raise Refused(
            400,
            f"query: the period {address.start} to {address.end} is empty",
            "end is the day after the last.",
        )
