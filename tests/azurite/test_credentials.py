"""Which credential the settings mean; nothing here asks a server."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import BadSetting, MissingSetting
from core.storage.access import AzureAccess
from core.storage.azure import account_url, connection_string, credential_of, parse_address

BILLS = parse_address("az://bills")


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({"tenant_id": "t", "client_id": "c", "client_secret": "s"}, "ClientSecretCredential"),
        ({"client_id": "c"}, "ManagedIdentityCredential"),
        ({}, "DefaultAzureCredential"),
    ],
)
def test_identities_are_those_of_the_settings_else_a_chain(settings, kind):
    with credential_of(BILLS, AzureAccess(**settings)) as credential:
        assert type(credential).__name__ == kind


def test_the_chain_ends_in_az_login_and_asks_nobody():
    with credential_of(BILLS, AzureAccess()) as credential:
        kinds = [type(one).__name__ for one in credential.credentials]
    assert "AzureCliCredential" in kinds and "ManagedIdentityCredential" in kinds
    assert not any("Browser" in kind for kind in kinds)


def test_keys_come_before_signatures_and_settings_before_variables(monkeypatch):
    monkeypatch.setenv("AZURE_STORAGE_KEY", "variable")
    assert credential_of(BILLS, AzureAccess()) == "variable"
    assert credential_of(BILLS, AzureAccess(sas_token="?sv=1&sig=2")) == "sv=1&sig=2"
    assert credential_of(BILLS, AzureAccess(account_key="k", sas_token="s")) == "k"


OURS, THEIRS = "AccountName=acme;AccountKey=a2V5", "AccountName=other;AccountKey=a2V5"
ACME = parse_address("abfss://bills@acme.dfs.core.windows.net")


def test_a_connection_string_comes_before_keys_and_settings_before_variables(monkeypatch):
    assert connection_string(ACME, AzureAccess(connection_string=OURS, account_key="k")) == OURS
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", OURS)
    assert connection_string(ACME, AzureAccess()) == OURS
    assert connection_string(BILLS, AzureAccess()) == OURS
    assert connection_string(ACME, AzureAccess(account_key="k")) is None


def test_a_connection_string_of_another_account_never_opens_that_account(monkeypatch):
    with pytest.raises(BadSetting, match="of the account acme"):
        connection_string(ACME, AzureAccess(connection_string=THEIRS))
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", THEIRS)
    assert connection_string(ACME, AzureAccess()) is None
    assert connection_string(BILLS, AzureAccess(account_name="acme")) is None


def test_a_service_principal_needs_its_tenant():
    with pytest.raises(MissingSetting, match="azure.tenant_id"):
        credential_of(BILLS, AzureAccess(client_id="c", client_secret="s"))


def test_the_account_is_named_once(monkeypatch):
    with pytest.raises(MissingSetting, match="azure.account_name"):
        account_url(AzureAccess())
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT", "acme")
    assert account_url(AzureAccess()) == "https://acme.blob.core.windows.net"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("az://bills", ("bills", None, "")),
        ("az://bills/exports/eu", ("bills", None, "exports/eu")),
        ("az://acme.blob.core.windows.net/bills/x", ("bills", "acme.blob.core.windows.net", "x")),
        ("abfss://bills@acme.dfs.core.windows.net/x/",
         ("bills", "acme.blob.core.windows.net", "x")),
        ("https://acme.blob.core.windows.net/bills", ("bills", "acme.blob.core.windows.net", "")),
        ("https://acme.dfs.core.chinacloudapi.cn/bills/x",
         ("bills", "acme.blob.core.chinacloudapi.cn", "x")),
    ],
)  # fmt: skip
def test_every_way_to_write_a_container(url, expected):
    found = parse_address(url)
    container, host, path = expected
    account = f"https://{host}" if host else None
    assert (found.container, found.account_url, found.path) == (container, account, path)


@pytest.mark.parametrize(
    "url", ["s3://bills", "az://", "https://acme.blob.core.windows.net", "gs:x"]
)
def test_what_names_no_container_is_refused(url: Any):
    with pytest.raises(BadSetting, match="azure.source"):
        parse_address(url)


def test_a_signature_in_an_address_is_never_shown():
    address = parse_address("https://acme.blob.core.windows.net/bills?sv=1&sig=secret")
    assert "secret" not in repr(address)
    assert "secret" not in repr(AzureAccess(account_key="secret", client_secret="secret"))
