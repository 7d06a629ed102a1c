"""Measure the pages' questions against a sum of two columns over the same charges.

python -m bench.serve [--rows 1000000] [--repeat 20] [--users 50] [--seconds 30] [--keep FOLDER]

The demo is made with so many bill lines, unless the folder has it. Each question is asked past the
cache, in turn with `SELECT sum("BilledCost"), sum("EffectiveCost") FROM focus.cost_and_usage`, with
two threads. Ratios are of processor time: of a question's 95th percentile to the sum's median,
and of both medians; the time on the clock stands beside them. Then users, each from an address of
its own, ask a server of its own for so many seconds: first each two seconds after an answer, then
each at once.
"""

from __future__ import annotations

import random
import statistics
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

from bench.demo import demo, parser, percentile, served
from core.backends.duckdb import Limits
from dashboards.explore import explore
from dashboards.generations import Generation, Generations
from dashboards.overview import overview
from dashboards.question import TopQuestion
from dashboards.windows import MonthAsked

SUM = 'SELECT sum("BilledCost"), sum("EffectiveCost") FROM focus.cost_and_usage'
YEAR = {"start": "2025-07-01", "end": "2026-07-01"}
TARGETS = {"overview": 1.0, "explorer on marts": 1.0, "tag filter, 12 months": 3.0,
           "one resource": 5.0}  # fmt: skip
THINK_SECONDS = 2.0
USER_TARGET = 1.0
Ask = Callable[[Generation, random.Random], Any]


@dataclass
class Timed:
    """Seconds of one kind of question: of the processors, and on the clock."""

    seconds: list[float] = field(default_factory=list)
    clock: list[float] = field(default_factory=list)

    def time(self, work: Callable[[], Any]) -> None:
        began, since = time.process_time(), time.monotonic()
        work()
        self.seconds.append(time.process_time() - began)
        self.clock.append(time.monotonic() - since)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        return percentile(self.seconds, 0.95)


@dataclass(frozen=True)
class Crowd:
    """What users saw: the seconds of each answer, and what failed how."""

    users: int
    think: float
    seconds: list[float]
    failed: list[str]

    def __str__(self) -> str:
        median, p95, p99 = (percentile(self.seconds, share) for share in (0.5, 0.95, 0.99))
        verdict = "" if p95 <= USER_TARGET and not self.failed else " (missed)"
        lines = [
            f"{self.users} users, each asking {self.think:g} s after an answer: "
            f"{len(self.seconds)} answers, {len(self.failed)} failed, median "
            f"{median * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms; target: "
            f"none failed, p95 {USER_TARGET:g} s{verdict}",
        ]
        return "\n".join([*lines, *sorted(set(self.failed))])


def questions(generation: Generation) -> dict[str, Ask]:
    """Return the kinds of questions, each asked anew with other values."""
    daily = ("ServiceName", "SubAccountId", "RegionId", "ServiceCategory", "ProviderName")
    tags = column(
        generation, "SELECT tag_key || ':in:' || tag_value FROM marts.tag_sets "
        "WHERE tag_value IS NOT NULL AND NOT contains(tag_key, ':') "
        "GROUP BY tag_key, tag_value ORDER BY hash(tag_key, tag_value) LIMIT 40"
    )  # fmt: skip
    resources = column(
        generation, "SELECT resource_id FROM marts.resource_costs WHERE resource_id IS NOT NULL "
        "GROUP BY resource_id ORDER BY hash(resource_id) LIMIT 40"
    )  # fmt: skip
    months = column(
        generation, "SELECT strftime(billing_period, '%Y-%m') FROM marts.daily_costs "
        "WHERE billing_period > '2025-06-01' GROUP BY ALL ORDER BY ALL"
    )  # fmt: skip

    def one(asked: dict[str, Any]) -> Ask:
        return lambda g, r: explore(g, TopQuestion.model_validate({**YEAR, **asked}))

    def tagged(g: Generation, r: random.Random) -> Any:
        chosen = r.choice(tags).replace(":in:", r.choice([":in:", ":not:", ":contains:"]))
        return one({"filter": [f"tag:{chosen}"], "group": ["ServiceName"]})(g, r)

    return {
        "overview": lambda g, r: overview(g, MonthAsked(currency="USD", month=r.choice(months))),
        "explorer on marts": lambda g, r: one(
            {"group": r.sample(daily, 2), "grain": r.choice(["day", "week", "month"]),
             "filter": r.choice([[], ["ProviderName:in:AWS"], ["ServiceCategory:not:Compute"]])}
        )(g, r),
        "tag filter, 12 months": tagged,
        "one resource": lambda g, r: one(
            {"filter": [f"ResourceId:in:{r.choice(resources)}"], "grain": "day",
             "group": ["SkuMeter"]}
        )(g, r),
    }  # fmt: skip


def column(generation: Generation, sql: str) -> list[str]:
    return [str(next(iter(row.values()))) for row in generation.rows(sql)]


def measure(generation: Generation, repeat: int) -> dict[str, Timed]:
    """Ask every kind of question and the sum in turn."""
    chosen = random.Random(1)
    kinds = questions(generation)
    timed = {name: Timed() for name in ("sum", *kinds)}
    for ask in kinds.values():
        ask(generation, chosen)
    for _ in range(repeat):
        timed["sum"].time(lambda: generation.rows(SUM))
        for name, ask in kinds.items():
            timed[name].time(lambda ask=ask: ask(generation, chosen))  # type: ignore[misc]
    return timed


def crowd(port: int, users: int, *, lasting: float, think: float) -> Crowd:
    """Let users ask for so many seconds, each `think` seconds after its last answer."""
    seconds: list[float] = []
    failed: list[str] = []

    def user(number: int) -> None:
        chosen = random.Random(number)
        time.sleep(chosen.random() * think)
        end = time.monotonic() + lasting
        while time.monotonic() < end:
            began = time.monotonic()
            try:
                asked = page(chosen)
                address = (f"127.0.1.{number % 250 + 1}", 0)
                connection = HTTPConnection("127.0.0.1", port, 60, source_address=address)
                connection.request("GET", asked)
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    failed.append(f"{answer.status} {asked}")
                connection.close()
            except OSError as error:
                failed.append(repr(error))
            seconds.append(time.monotonic() - began)
            time.sleep(think)

    threads = [threading.Thread(target=user, args=(number,)) for number in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Crowd(users, think, seconds, failed)


def page(chosen: random.Random) -> str:
    """Return what a user looks at next: of the explorer's questions hardly one comes twice."""
    name = chosen.choice(["overview", "explore", "explore", "explore", "commitments"])
    if name == "explore":
        group = chosen.choice(["ServiceName", "SubAccountId", "RegionId", "tag:team", "ResourceId"])
        start = f"2025-{chosen.randint(7, 12):02}-{chosen.randint(1, 28):02}"
        grain = chosen.choice(["day", "month"])
        asked = {"group": group, "grain": grain, "start": start, "end": "2026-07-01"}
    else:
        month = f"2026-{chosen.randint(1, 6):02}"
        asked = {"currency": chosen.choice(["USD", "USD", "EUR"]), "month": month}
    return f"/api/v1/{name}?{urlencode(asked)}"


def report(timed: dict[str, Timed], charges: int, crowds: list[Crowd]) -> str:
    """Return the result as Markdown."""
    base = timed["sum"].median
    lines = [
        f"{charges:,} charges, two threads; the sum of two columns takes {base * 1000:.0f} ms",
        "",
        "| question | median | p95 | clock, p95 | ratio, median | ratio, p95 | target |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, target in TARGETS.items():
        one = timed[name]
        ratio = one.p95 / base
        shown = f"{ratio:.2f}" if ratio <= target else f"**{ratio:.2f}**"
        lines.append(
            f"| {name} | {one.median * 1000:.0f} ms | {one.p95 * 1000:.0f} ms | "
            f"{percentile(one.clock, 0.95) * 1000:.0f} ms | {one.median / base:.2f} | {shown} | "
            f"{target:g} |"
        )
    return "\n".join([*lines, *(f"\n{crowd}" for crowd in crowds)])


def main() -> None:
    options = parser("bench.serve", __doc__, repeat=20, users=50, seconds=30).parse_args()
    with demo(options) as data:
        limits = Limits(threads=2, memory_limit="1500MB", temp_directory=data / "tmp")
        generations = Generations(data / "demo" / "finops.duckdb", limits, 600)
        generation = generations.current()
        [row] = generation.rows("SELECT count(*) AS n FROM focus.cost_and_usage")
        timed = measure(generation, options.repeat)
        generations.close()
        with served(data) as port:
            crowds = [
                crowd(port, options.users, lasting=options.seconds, think=think)
                for think in (THINK_SECONDS, 0.0)
            ]
    sys.stdout.write(report(timed, row["n"], crowds) + "\n")


if __name__ == "__main__":
    main()
