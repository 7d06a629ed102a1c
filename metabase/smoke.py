"""The proof at a site: Metabase itself runs every card, as it opens and under its filters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.config import Config
from core.errors import CallRefused, MetabaseLate
from metabase.bodies import tag_id, target
from metabase.client import LONGEST_REASON, Client
from metabase.content import Card, Content, Filter
from metabase.database import current_generation, details_of, find_database
from metabase.ours import find_collection, read_ours

COMPLETED = "completed"
ANY = {"string/=": ["nothing is called so"], "date/all-options": "2000-01-01~2099-12-31"}
"""A value of each kind of filter: what its SQL finds does not matter, but that it runs."""


class Failed(Exception):
    """A query that Metabase could not run."""


@dataclass(frozen=True, kw_only=True)
class Tried:
    """How one card did."""

    what: str
    ok: bool
    rows: int | None = None
    milliseconds: int | None = None
    error: str = ""


def smoke(config: Config, content: Content, client: Client) -> Iterator[Tried]:
    """Yield whether Metabase reads the published generation, then how each card does.

    Args:
        config: The resolved configuration.
        content: The files.
        client: Metabase, signed in.
    """
    yield generation_read(config, client)
    collection = find_collection(client)
    cards = read_ours(client, int(collection["id"]) if collection else 0, "card").kept
    for slug, card in content.cards.items():
        yield tried(client, cards.get(slug), card, content.filters)


def generation_read(config: Config, client: Client) -> Tried:
    """Tell whether Metabase has the published generation open."""
    what = "the published generation"
    wanted = details_of(config, current_generation(config))["database_file"]
    found = find_database(client)
    if found is None:
        return Tried(what=what, ok=False, error="the database is not in Metabase")
    opened = found.get("details", {}).get("database_file")
    if opened != wanted:
        return Tried(what=what, ok=False, error=f"it reads {opened}, not {wanted}")
    return Tried(what=what, ok=True)


def tried(client: Client, found: Any, card: Card, filters: Mapping[str, Filter]) -> Tried:
    """Run one card as it opens, then with every filter on a column set; it shows the first."""
    if found is None:
        return Tried(what=card.name, ok=False, error="the card is not in Metabase")
    bound = [filters[name] for name, column in card.filters.items() if column]
    given = [
        {
            "id": tag_id(card, one),
            "type": one.parameter,
            "target": target(one),
            "value": ANY[one.parameter],
        }
        for one in bound
    ]
    try:
        answer = asked(client, found["id"], [])
        if given:
            asked(client, found["id"], given)
    except MetabaseLate as late:
        return Tried(what=card.name, ok=False, error=late.reason)
    except (CallRefused, Failed) as error:
        return Tried(what=card.name, ok=False, error=str(error))
    return Tried(
        what=card.name,
        ok=True,
        rows=answer.get("row_count"),
        milliseconds=answer.get("running_time"),
    )


def asked(client: Client, card: int, given: Sequence[Mapping[str, Any]]) -> Any:
    """Return what Metabase answers for a card; it answers 202 also where its SQL failed.

    Raises:
        Failed: If the query did not end well.
    """
    answer = client.post(f"/api/card/{card}/query", {"parameters": given})
    if not isinstance(answer, dict) or answer.get("status") != COMPLETED:
        reason = client.hidden(said(answer))[:LONGEST_REASON]
        raise Failed(reason + (" (with filters)" if given else ""))
    return answer


def said(answer: Any) -> str:
    """Return the first line of what a failed query says."""
    text = answer.get("error") or answer.get("status") if isinstance(answer, dict) else answer
    return str(text or "no answer").strip().splitlines()[0]
