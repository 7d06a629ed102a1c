"""The API does what its description says, for what it allows and for what it does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    positive_data_acceptance,
)

from dashboards.meta import NoParameters
from dashboards.operations import OPERATIONS, WRITES
from tests.fixtures.finops import Finops
from tests.fixtures.served import Served, serving_copy

GOOD, BAD = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
ALL = [
    *((one.path, "GET", GOOD) for one in OPERATIONS),
    *((one.path, "GET", BAD) for one in OPERATIONS if one.asked is not NoParameters),
    *((write.path, write.method, mode) for write in WRITES for mode in (GOOD, BAD)),
]
TOO_LARGE = 413
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def described(demo: Finops, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The API as its own description shows it; many requests in a row are no reason to refuse.

    It serves a copy, whose saved views are its own: there are many in the end.
    """
    folder = tmp_path_factory.mktemp("described")
    with serving_copy(demo.database, folder, is_demo=True) as served:
        served.server.rates.take = lambda client: None  # type: ignore[method-assign]
        yield schemathesis.openapi.from_url(f"{served.url}/api/v1/openapi.json")


@pytest.mark.parametrize(("path", "method", "mode"), ALL)
def test_an_operation_answers_as_described(
    described: Any, path: str, method: str, mode: GenerationMode
) -> None:
    operation = described[path][method]

    @QUICK
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: schemathesis.Case) -> None:
        # An end before its start, or a name that the data lack, cannot be described.
        excluded = [positive_data_acceptance]
        answer = case.call(timeout=60)
        if answer.status_code == TOO_LARGE:  # a refusal, but not among those the check knows
            excluded.append(negative_data_rejection)
        case.validate_response(answer, excluded_checks=excluded)

    check()


def test_every_operation_is_described_in_words(served: Served) -> None:
    document = served.get("openapi.json")
    for path in document["paths"].values():
        for operation in path.values():
            assert operation["summary"].endswith(".")
            assert set(operation["responses"]) >= {"200", "400", "401", "403", "429"}
