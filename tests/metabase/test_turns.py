"""Two that change one Metabase at the same moment make each thing once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from threading import get_ident

from metabase.content import Content
from metabase.turns import turn
from tests.metabase.conftest import User
from tests.metabase.serving import Fault


def test_two_provisions_at_once_make_each_thing_once(user: User, few: Content) -> None:
    with ThreadPoolExecutor() as pool:
        other: list[Future[list[str]]] = []
        connections: set[int] = set()

        def together(number: int, method: str, path: str) -> Fault | None:
            """Start the second once the first has read its data, and let it catch up."""
            if not other:
                other.append(pool.submit(user.provision, few, seconds=60))
            connections.add(get_ident())
            return Fault(503) if len(connections) == 1 and path == "/api/health" else None

        user.site.fault = together
        first = user.provision(few, seconds=60)
        made = sorted([first, other[0].result()], key=len)
    instance = user.site.instance
    assert (made[0], len(made[1])) == ([], 4 + len(few.cards) + len(few.dashboards))
    assert len(instance.databases) == len(instance.collections) == 1
    assert len(instance.cards) == len(few.cards)
    assert Counter(board["name"] for board in instance.dashboards.values()) == Counter(
        board.name for board in few.dashboards.values()
    )


def test_who_may_not_wait_is_told_in_one_line_and_a_check_needs_no_turn(user: User) -> None:
    with turn(user.finops.database.parent, 0):
        refused = user("provision", "--wait", "0")
        assert user.site.writes == []
        checked = user("provision", "--check", "--wait", "0")
    assert refused.code == 6
    assert refused.error.startswith("after 0 s another `finops metabase provision`, or a run ")
    assert (checked.code, checked.out) == (11, "administrator: set up\n")
