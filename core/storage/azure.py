"""Azure Blob and Data Lake Storage: Microsoft's client lists and copies, DuckDB reads the copies.

Its packages are imported where a container is opened: a folder's reader never waits for them.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from core.convert import MASK
from core.errors import (
    AccessDenied,
    BadSetting,
    BucketNotFound,
    CredentialsMissing,
    MissingSetting,
    Unreachable,
)
from core.sections import variable_name
from core.storage.access import AzureAccess
from core.storage.base import Listing

SIGN_IN = (
    "Set a connection string, account key, SAS or service principal under [{section}] or the "
    "AZURE_ variables, or sign in with `az login`."
)
ROLE = (
    "It needs the role Storage Blob Data Reader on the container, and a network rule that lets "
    "this machine in; docs/vendors/azure.md has the command."
)
NO_KEY = {"AuthenticationFailed", "InvalidAuthenticationInfo", "NoAuthenticationInformation"}
RETRIES: dict[str, Any] = {
    "retry_total": 3,
    "initial_backoff": 0.5,
    "increment_base": 1.5,
    "random_jitter_range": 1,
}
"""About 2, 3 and 4 seconds: with Azure's own, an address that nobody answers would take 26."""
SAS_PARTS = {"sig", "sv"}


@dataclass(frozen=True, kw_only=True)
class Address:
    """What a source's URL names."""

    container: str
    account_url: str | None
    """Blob endpoint of the account; None where the URL names none."""
    path: str
    """What follows the container, without slashes around it."""
    sas: str | None = field(default=None, repr=False)


def parse_address(url: str, setting: str = "azure.source") -> Address:
    """Return what a URL names: az:// or azure://, abfs:// or abfss://, or an https address.

    >>> parse_address("abfss://bills@acme.dfs.core.windows.net/exports").account_url
    'https://acme.blob.core.windows.net'
    >>> parse_address("az://bills/exports").path, parse_address("az://bills").container
    ('exports', 'bills')

    Raises:
        BadSetting: If it is none of these; `setting` is what it calls the URL.
    """
    parts = urlsplit(url)
    host, path = parts.netloc.rpartition("@")[2], unquote(parts.path).strip("/")
    sas = parts.query if parse_qs(parts.query).keys() >= SAS_PARTS else None
    container, account = "", None
    if parts.scheme in ("abfs", "abfss") and "@" in parts.netloc:
        container, account = parts.netloc.rpartition("@")[0], f"https://{blob_host(host)}"
    elif parts.scheme in ("az", "azure", "abfs", "abfss") and "." not in host:
        container = host
    elif parts.scheme in ("az", "azure"):
        container, _, path = path.partition("/")
        account = f"https://{blob_host(host)}"
    elif parts.scheme in ("https", "http"):
        # A test server has the account in the path, Azure in the host.
        first = path.partition("/")[0] if ".blob." not in host and ".dfs." not in host else ""
        rest = path.removeprefix(first).strip("/")
        container, _, path = rest.partition("/")
        account = f"{parts.scheme}://{blob_host(host)}" + (f"/{first}" if first else "")
    if not container or "?" in container:
        expected = "az://container, abfss://container@account.dfs.core.windows.net or a folder"
        raise BadSetting(setting, url if sas is None else MASK, expected)
    return Address(container=container, account_url=account, path=path, sas=sas)


def blob_host(host: str) -> str:
    """Return the blob endpoint's host for that of a data lake."""
    return host.replace(".dfs.", ".blob.")


class AzureStore:
    """Reads one container."""

    def __init__(self, address: Address, access: AzureAccess) -> None:
        self.section = access.section
        self.container = address.container
        self.location = f"az://{address.container}"
        self._found: dict[str, tuple[int, float] | None] = {}
        with self._errors("open"):
            self.client = open_container(address, access)

    def name(self, key: str) -> str:
        return f"{self.location}/{key}"

    def list(self, prefix: str) -> Listing:
        folders: list[str] = []
        files: list[str] = []
        with self._errors("list"):
            for item in self.client.walk_blobs(name_starts_with=prefix or None, delimiter="/"):
                if item.name.endswith("/"):
                    folders.append(item.name)
                    continue
                self._found[item.name] = (int(item.size), float(item.last_modified.timestamp()))
                files.append(item.name)
        # A data lake lists a folder as an empty blob too.
        files = [key for key in files if f"{key}/" not in folders]
        return Listing(folders=tuple(sorted(folders)), files=tuple(sorted(files)))

    def read(self, key: str) -> bytes:
        with self._errors("read"):
            return bytes(self.client.download_blob(key).readall())

    def size(self, key: str) -> int | None:
        """Return the size from a listing of the object's folder: one request for many files."""
        found = self._about(key)
        return found[0] if found else None

    def modified(self, key: str) -> float:
        found = self._about(key)
        if found is None:
            raise FileNotFoundError(key)
        return found[1]

    def _about(self, key: str) -> tuple[int, float] | None:
        if key not in self._found:
            self._found[key] = None
            self.list(key[: key.rfind("/") + 1])
        return self._found[key]

    def local(self, key: str) -> None:
        return None

    def download(self, key: str, target: Path) -> None:
        with self._errors("read"), target.open("wb") as file:
            self.client.download_blob(key, max_concurrency=4).readinto(file)

    def in_place(self, key: str) -> bool:
        """Everything is copied before it is read."""
        return False

    def url(self, key: str) -> str:
        return self.name(key)

    def statements(self) -> Sequence[str]:
        return ()

    def refused(self, where: str) -> AccessDenied:
        return AccessDenied(where, "read", hint=ROLE)

    @contextmanager
    def _errors(self, action: str) -> Iterator[None]:
        from azure.core.exceptions import (
            AzureError,
            ClientAuthenticationError,
            HttpResponseError,
            ResourceNotFoundError,
        )

        try:
            yield
        except ResourceNotFoundError as error:
            if code_of(error) in ("BlobNotFound", "PathNotFound"):
                raise FileNotFoundError(code_of(error)) from error
            raise BucketNotFound(f"the container {self.location}") from error
        except ClientAuthenticationError as error:
            if code_of(error) and code_of(error) not in NO_KEY:
                raise AccessDenied(self.location, action, hint=ROLE) from error
            reason = code_of(error) or first_sentence(error)
            hint = SIGN_IN.format(section=self.section)
            raise CredentialsMissing(reason, provider="Azure", hint=hint) from error
        except HttpResponseError as error:
            if error.status_code == 403:
                raise AccessDenied(self.location, action, hint=ROLE) from error
            raise Unreachable(self.location, code_of(error) or first_sentence(error)) from error
        except AzureError as error:
            raise Unreachable(self.location, first_sentence(error)) from error


def code_of(error: Exception) -> str:
    """Return the storage service's own code of an error, '' where it did not answer."""
    code = getattr(error, "error_code", None)
    return str(getattr(code, "value", code) or "")


def first_sentence(error: Exception) -> str:
    """Return the first line of an error; it never holds a key."""
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__


def open_container(address: Address, access: AzureAccess) -> Any:
    """Return the client of a container: the settings first, then the variables, then a chain.

    Raises:
        BadSetting, MissingSetting.
    """
    from azure.storage.blob import ContainerClient

    logging.getLogger("azure").setLevel(logging.CRITICAL)
    options: dict[str, Any] = {**RETRIES, "connection_timeout": 10}
    if text := connection_string(address, access):
        try:
            return ContainerClient.from_connection_string(text, address.container, **options)
        except ValueError as error:
            expected = "a connection string as the portal shows it"
            raise BadSetting(f"{access.section}.connection_string", MASK, expected) from error
    url = (access.endpoint_url or address.account_url or account_url(access)).rstrip("/")
    try:
        return ContainerClient(url, address.container, credential_of(address, access), **options)
    except ValueError as error:
        expected = "a complete address and credentials"
        raise BadSetting(f"{access.section}.endpoint_url", url, expected) from error


def connection_string(address: Address, access: AzureAccess) -> str | None:
    """Return the settings' connection string, or the variable's where no setting is a credential.

    Raises:
        BadSetting: If the settings' is of another account than the source. The variable's is then
            left alone: it is there for another program.
    """
    given = (access.account_key, access.sas_token, address.sas, access.client_id)
    text = access.connection_string
    if not text and not any(given):
        text = os.environ.get("AZURE_STORAGE_CONNECTION_STRING")
    wanted = access.account_name or named_account(address.account_url)
    found = re.search(r"(?:^|;)\s*AccountName=([^;]+)", text or "", re.IGNORECASE)
    if not wanted or not found or found[1].strip() == wanted:
        return text
    if text == access.connection_string:
        expected = f"a connection string of the account {wanted}"
        raise BadSetting(f"{access.section}.connection_string", MASK, expected)
    return None


def named_account(url: str | None) -> str | None:
    """Return the account that a blob endpoint is of.

    >>> named_account("https://acme.blob.core.windows.net"), named_account("http://[::1]:1/dev")
    ('acme', 'dev')
    """
    parts = urlsplit(url or "")
    first = parts.path.strip("/").partition("/")[0]
    return first or (parts.hostname or "").partition(".")[0] or None


def account_url(access: AzureAccess) -> str:
    name = access.account_name or os.environ.get("AZURE_STORAGE_ACCOUNT")
    if not name:
        variable = variable_name(access.section, "account_name")
        raise MissingSetting(f"{access.section}.account_name", "--account-name", variable)
    return f"https://{name}.blob.core.windows.net"


def credential_of(address: Address, access: AzureAccess) -> Any:
    """Return the credential of the settings, of the variables that `az storage` reads, or a chain.

    The chain is Microsoft's: AZURE_ variables, workload and managed identity, az login.
    """
    given = any((access.account_key, access.sas_token, address.sas, access.client_id))
    env = {} if given else os.environ
    if key := access.account_key or env.get("AZURE_STORAGE_KEY"):
        return key
    if sas := access.sas_token or address.sas or env.get("AZURE_STORAGE_SAS_TOKEN"):
        return sas.lstrip("?")
    import azure.identity as identity

    if access.client_id and access.client_secret:
        if not access.tenant_id:
            variable = variable_name(access.section, "tenant_id")
            raise MissingSetting(f"{access.section}.tenant_id", None, variable)
        return identity.ClientSecretCredential(
            access.tenant_id, access.client_id, access.client_secret
        )
    if access.client_id:
        return identity.ManagedIdentityCredential(client_id=access.client_id)
    return identity.DefaultAzureCredential(exclude_interactive_browser_credential=True)
