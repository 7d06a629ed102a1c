"""Who may come in, and what hostile requests get."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from core.errors import BadSetting
from core.serving import DashboardsConfig
from dashboards.problems import Refused
from dashboards.security import Rates
from tests.fixtures.finops import ROOT, Finops
from tests.fixtures.served import Served, serving

TOKEN = "correct-horse-battery"
HEALTH = ROOT / "docker" / "finops" / "health.py"
MARKED = {"X-Requested-With": "finops"}


@pytest.fixture(scope="module")
def guarded(demo: Finops) -> Iterator[Served]:
    """The demo behind a token."""
    with serving(demo.database, token=TOKEN) as found:
        yield found


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", ""]
)
def test_a_foreign_host_name_is_refused(served: Served, host: str) -> None:
    answer = served.ask("/api/v1/meta", headers={"Host": host})
    assert answer.status == 421


def test_a_host_that_is_allowed_is_served(demo: Finops) -> None:
    with serving(demo.database, allowed_hosts=("Costs.example",)) as served:
        assert served.ask("/api/v1/meta", headers={"Host": "costs.example"}).status == 200


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer wrong"}, {"Cookie": "finops_token=wrong"}, {"Cookie": "="}],
)
def test_without_the_token_nothing_is_shown(guarded: Served, headers: dict[str, str]) -> None:
    for path in ("/api/v1/meta", "/", "/api/v1/openapi.json", "/?token=wrong"):
        answer = guarded.ask(path, headers=headers)
        assert answer.status == 401
        assert TOKEN not in answer.body.decode()


def test_the_token_opens_the_pages_as_header_and_as_cookie(guarded: Served) -> None:
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert guarded.ask("/api/v1/meta", headers=bearer).status == 200
    first = guarded.ask(f"/?token={TOKEN}")
    assert (first.status, first.headers["location"]) == (303, "/")
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    again = guarded.ask("/api/v1/meta", headers={"Cookie": cookie.partition(";")[0]})
    assert again.status == 200
    assert "secure" not in cookie.lower()
    by_tls = guarded.ask(f"/?token={TOKEN}", headers={"X-Forwarded-Proto": "https"})
    assert "secure" in by_tls.headers["set-cookie"].lower()


def test_behind_a_proxy_a_user_must_be_named(demo: Finops) -> None:
    with serving(demo.database, user_header="X-Forwarded-Email") as served:
        assert served.ask("/api/v1/meta").status == 401
        named = {"X-Forwarded-Email": "ada@example.com"}
        assert served.ask("/api/v1/meta", headers=named).status == 200


def healthy(port: int) -> bool:
    """Tell what the health check of the container says of the pages at a port."""
    env = {"OPEN_FINOPS_DASHBOARDS_PORT": str(port), "OPEN_FINOPS_DASHBOARDS_TOKEN": TOKEN}
    return subprocess.run([sys.executable, HEALTH], env=env, check=False).returncode == 0


def test_pages_that_answer_are_healthy_whoever_signs_users_in(
    guarded: Served, demo: Finops
) -> None:
    assert healthy(guarded.port)
    with serving(demo.database, token=TOKEN, user_header="X-Forwarded-Email") as served:
        assert healthy(served.port)
    assert not healthy(served.port)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "costs.example"])
def test_an_address_that_others_reach_needs_a_token_or_a_proxy(host: str) -> None:
    with pytest.raises(BadSetting, match="dashboards.host"):
        DashboardsConfig(host=host).check_access()
    DashboardsConfig(host=host, token=TOKEN).check_access()
    DashboardsConfig(host=host, user_header="X-User").check_access()


def test_with_both_ways_of_signing_in_both_are_asked_for(demo: Finops) -> None:
    with serving(demo.database, token=TOKEN, user_header="X-User") as served:
        user, bearer = {"X-User": "ada"}, {"Authorization": f"Bearer {TOKEN}"}
        found = [served.ask("/api/v1/meta", headers=one).status for one in (user, bearer)]
        assert found == [401, 401]
        assert served.ask("/api/v1/meta", headers={**user, **bearer}).status == 200


def test_wrong_tokens_are_slowed_down_too(demo: Finops) -> None:
    with serving(demo.database, token=TOKEN) as served:
        assert found_of(served, 3) == [401, 401, 429]


def found_of(served: Served, asked: int, **headers: str) -> list[int]:
    """Let a client ask who may ask twice more, by a clock that stands still."""
    served.server.rates = rates = Rates(clock=lambda: 0.0)
    for _ in range(398):
        rates.take("127.0.0.1")
    return [served.ask("/api/v1/nothing", headers=headers).status for _ in range(asked)]


def test_users_behind_a_proxy_are_counted_each_for_themselves(demo: Finops) -> None:
    with serving(demo.database, user_header="X-User") as served:
        assert found_of(served, 3, **{"X-User": "ada"}) == [404, 404, 404]
        for _ in range(397):
            served.server.rates.take("user ada")
        path = "/api/v1/nothing"
        ada, bob = ({"X-User": name} for name in ("ada", "bob"))
        assert served.ask(path, headers=ada).status == 429
        assert served.ask(path, headers=bob).status == 404


def test_who_claims_another_address_is_counted_all_the_same(served: Served) -> None:
    with serving(served.database) as alone:
        forged = {"X-Forwarded-For": "192.0.2.7", "X-User": "ada", "Forwarded": "for=192.0.2.7"}
        assert found_of(alone, 3, **forged) == [404, 404, 429]


def test_a_client_may_ask_a_hundred_times_a_second_in_the_long_run() -> None:
    now = 0.0
    rates = Rates(clock=lambda: now)
    for _ in range(400):
        rates.take("ada")
    with pytest.raises(Refused):
        rates.take("ada")
    now = 1.0
    for _ in range(100):
        rates.take("ada")
    with pytest.raises(Refused):
        rates.take("ada")
    rates.take("bob")


def test_a_short_token_is_refused_and_not_repeated() -> None:
    with pytest.raises(BadSetting) as caught:
        DashboardsConfig(token="hunter2").check_access()
    assert "hunter2" not in str(caught.value)


def test_every_answer_carries_the_guarding_headers(served: Served) -> None:
    for path in ("/api/v1/meta", "/api/v1/nothing", "/api/v1/explore?group=x"):
        headers = served.ask(path).headers
        policy = headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "default-src 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Requested-With": "finops", "Origin": "http://evil.example"},
        {"X-Requested-With": "finops", "Origin": "null"},
        {"X-Requested-With": "finops", "Origin": "http://["},
    ],
)
def test_a_write_that_a_foreign_page_could_send_is_refused(
    served: Served, headers: dict[str, str]
) -> None:
    for method, body in (("PUT", {"query": "x=1"}), ("DELETE", None)):
        answer = served.ask("/api/v1/views/mine", method=method, body=body, headers=headers)
        assert answer.status == 403


@pytest.fixture(scope="module")
def hasty(demo: Finops) -> Iterator[Served]:
    """A server that stops every query at once: what it answers, it knows without asking."""
    with serving(demo.database) as found:
        found.get("meta")
        found.server.generations.watch.seconds = 0
        yield found


@pytest.mark.parametrize(
    "query",
    [
        [("group", "ServiceName; DROP TABLE marts.daily_costs")],
        [("group", "effective_cost) FROM marts.daily_costs --")],
        [("group", "tag:")],
        [("group", "a"), ("group", "b"), ("group", "c")],
        [("filter", "ServiceName:in")],
        [("filter", "1=1")],
        [("filter", "x_Nothing:in:1")],
        [("filter", "ServiceName:in:x")] * 10_000,
        [("filter", f"ServiceName:in:{'x' * 3000}")],
        [("metric", "sum(billed_cost)")],
        [("grain", "second")],
        [("start", "0001-01-01"), ("end", "9999-12-31")],
        [("start", "2026-06-02"), ("end", "2026-06-01")],
        [("start", "yesterday")],
        [("top", "1000000000")],
        [("currency", "US'; --")],
        [("currency", "USD"), ("currency", "EUR")],
        [("nothing", "1")],
    ],
    ids=lambda query: str(query)[:60],
)
def test_a_hostile_question_gets_one_clear_refusal_before_any_query_runs(
    hasty: Served, query: list[tuple[str, str]]
) -> None:
    answer = hasty.ask("/api/v1/explore", query)
    assert answer.status in (400, 404, 413)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["detail"]
    assert answer.json["hint"]


@pytest.mark.parametrize("text", ["'; DROP TABLE x; --", "☃ 'ünïcode'", "%_\\", "a\x00b", "\ud83d"])
def test_any_text_is_only_a_value(served: Served, text: str) -> None:
    value = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    query = {"filter": f"ServiceName:in:{value}", "group": "ServiceName"}
    assert served.get("explore", query)["rows"] == []
    assert served.get("values", {"dimension": "ServiceName", "search": value})["values"] == []
    assert served.get("search", q=value)["results"] == []


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"{}", b'{"query": 1}', b"x" * 70_000])
def test_a_body_that_is_not_what_is_asked_for_is_refused(served: Served, body: bytes) -> None:
    from http.client import HTTPConnection

    connection = HTTPConnection("127.0.0.1", served.port, timeout=30)
    connection.request("PUT", "/api/v1/views/mine", body, MARKED)
    assert connection.getresponse().status in (400, 413)
    connection.close()


def test_there_is_no_way_to_send_sql(served: Served) -> None:
    paths = served.ask("/api/v1/openapi.json").json["paths"]
    names = {
        parameter["name"]
        for path in paths.values()
        for operation in path.values()
        for parameter in operation["parameters"]
    }
    assert not {name for name in names if "sql" in name.lower()}
    for path in (
        "/api/v1/sql",
        "/api/v1/query",
        "/api/v1/../../etc/passwd",
        "/..%2f..%2fetc/passwd",
    ):
        assert served.ask(path).status == 404


def test_too_many_requests_are_slowed_down(demo: Finops) -> None:
    with serving(demo.database) as served:
        assert found_of(served, 4) == [404, 404, 429, 429]
