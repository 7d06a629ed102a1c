"""Each credential lets in, each fault of access is one error, and no secret is ever shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.azurite.conftest import ACCOUNT, KEY
from tests.fixtures.azure import Container
from tests.integration.test_bad_inputs import assert_one_error


@pytest.fixture
def found(tmp_path, upload) -> Any:
    container = Container(tmp_path / "mirror")
    container.deliver("2026-01", ["1.10"])
    return upload(container)


def sas(name: str, *, days: int = 1, **rights: bool) -> str:
    from azure.storage.blob import ContainerSasPermissions, generate_container_sas

    return generate_container_sas(
        ACCOUNT,
        name,
        account_key=KEY,
        permission=ContainerSasPermissions(**(rights or {"read": True, "list": True})),
        expiry=datetime.now(UTC) + timedelta(days=days),
    )


def imported(finops, found, *more, env=None):
    options = [*found.options, *more]
    return finops("azure", "import-export", *options, "--no-transform", env=env)


def connection_string(endpoint: str, key: str = KEY) -> str:
    return (
        f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={key};"
        f"BlobEndpoint={endpoint};"
    )


CREDENTIALS: dict[str, Callable[[str, str], dict[str, str]]] = {
    "a connection string": lambda endpoint, name: {
        "OPEN_FINOPS_AZURE_CONNECTION_STRING": connection_string(endpoint)
    },
    "the storage tools' connection string": lambda endpoint, name: {
        "AZURE_STORAGE_CONNECTION_STRING": connection_string(endpoint)
    },
    "an account key": lambda endpoint, name: {"OPEN_FINOPS_AZURE_ACCOUNT_KEY": KEY},
    "the storage tools' key": lambda endpoint, name: {"AZURE_STORAGE_KEY": KEY},
    "a shared access signature": lambda endpoint, name: {
        "OPEN_FINOPS_AZURE_SAS_TOKEN": f"?{sas(name)}"
    },
    "the storage tools' signature": lambda endpoint, name: {"AZURE_STORAGE_SAS_TOKEN": sas(name)},
}


@pytest.mark.parametrize("kind", CREDENTIALS)
def test_each_credential_lets_in(kind, anonymous, found, endpoint):
    result = imported(anonymous, found, env=CREDENTIALS[kind](endpoint, found.name))
    assert result.code == 0, result.err
    assert anonymous.value(
        "SELECT sum(cost_in_billing_currency) FROM azure_billing.actual"
    ) == Decimal("1.10")


def test_an_address_with_its_signature_needs_nothing_else(anonymous, found, endpoint):
    url = f"{endpoint}/{found.name}?{sas(found.name)}"
    options = ["-S", url, "-p", "exports", "-n", "actual", "--no-transform"]
    result = anonymous("azure", "import-export", *options)
    assert result.code == 0, result.err


def other(key: str) -> str:
    return key.swapcase()


FAULTS: dict[str, tuple[Callable[[str], dict[str, str]], tuple[str, ...]]] = {
    "a wrong key": (
        lambda name: {"OPEN_FINOPS_AZURE_ACCOUNT_KEY": other(KEY)},
        ("az://",),
    ),
    "a key that is no key": (
        lambda name: {"OPEN_FINOPS_AZURE_ACCOUNT_KEY": "not base64 at all"},
        ("az",),
    ),
    "an expired signature": (
        lambda name: {"OPEN_FINOPS_AZURE_SAS_TOKEN": sas(name, days=-1)},
        ("az",),
    ),
    "a signature that may not list": (
        lambda name: {"OPEN_FINOPS_AZURE_SAS_TOKEN": sas(name, read=True)},
        ("denied", "list"),
    ),
    "a signature that may not read": (
        lambda name: {"OPEN_FINOPS_AZURE_SAS_TOKEN": sas(name, list=True)},
        ("denied", "read"),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_who_may_not_read_is_told_so_in_one_error(fault, anonymous, found):
    environment, words = FAULTS[fault]
    result = imported(anonymous, found, env=environment(found.name))
    assert_one_error(result, 5, words)
    assert not any(secret in result.err for secret in environment(found.name).values())


def test_a_connection_string_that_is_none_is_a_wrong_setting(anonymous, found):
    secret = "AccountKey=abc"
    result = imported(anonymous, found, env={"OPEN_FINOPS_AZURE_CONNECTION_STRING": secret})
    assert_one_error(result, 2, ("azure.connection_string", "****"))
    assert secret not in result.err


def test_a_missing_container_is_named(finops):
    options = ["-S", "az://nowhere", "-n", "actual", "--no-transform"]
    assert_one_error(finops("azure", "import-export", *options), 5, ("az://nowhere",))


def test_an_endpoint_that_nobody_answers(finops, found):
    env = {"OPEN_FINOPS_AZURE_ENDPOINT_URL": "http://127.0.0.1:9/devstoreaccount1"}
    assert_one_error(imported(finops, found, env=env), 5, ("cannot be reached",))


def test_a_file_that_vanishes_is_missing(finops, found, service, tmp_path):
    key = next(
        blob.name
        for blob in service.get_container_client(found.name).list_blobs()
        if blob.name.endswith(".gz")
    )
    service.get_blob_client(found.name, key).delete_blob()
    assert_one_error(imported(finops, found), 3, ("part_0_0001.csv.gz does not exist",))
