"""Google's credentials, and one way to ask its REST APIs; used by Cloud Storage and BigQuery."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import google.auth
import google.auth.impersonated_credentials
import google.auth.transport.requests
import requests
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import GoogleAuthError
from google.oauth2 import service_account

from core.errors import AccessDenied, CredentialsMissing, Unreachable
from core.storage.access import GoogleAccess

SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
TIMEOUT = 60
HINT = (
    "Sign in with `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS "
    "or service_account_path to a key file."
)

ROLES = (
    "A bucket needs Storage Object Viewer; a table BigQuery Data Viewer on its dataset, and "
    "Job User and Read Session User on the project that pays; docs/vendors/gcp.md has the steps."
)


def credentials_of(access: GoogleAccess) -> Any:
    """Return the credentials that the settings mean.

    Raises:
        CredentialsMissing: If there are none, or they are unusable.
    """
    try:
        found = own_credentials(access)
        if access.impersonate_service_account:
            found = google.auth.impersonated_credentials.Credentials(
                source_credentials=found,
                target_principal=access.impersonate_service_account,
                target_scopes=list(SCOPES),
            )
    except (GoogleAuthError, OSError, ValueError) as error:
        raise CredentialsMissing(str(error), provider="Google", hint=HINT) from error
    return found


def own_credentials(access: GoogleAccess) -> Any:
    if access.service_account_path:
        path = str(access.service_account_path.expanduser())
        return service_account.Credentials.from_service_account_file(path, scopes=SCOPES)
    if access.endpoint_url:
        return AnonymousCredentials()
    return google.auth.default(scopes=SCOPES)[0]


class GoogleSession:
    """Asks a REST API, with our errors for what goes wrong."""

    def __init__(self, access: GoogleAccess, address: str) -> None:
        self.access = access
        self.address = (access.endpoint_url or address).rstrip("/")
        self.credentials = credentials_of(access)
        self.session = google.auth.transport.requests.AuthorizedSession(self.credentials)

    def close(self) -> None:
        self.session.close()

    def token(self) -> str | None:
        """Return a bearer token for those who ask by themselves; None without credentials."""
        if isinstance(self.credentials, AnonymousCredentials):
            return None
        if not self.credentials.valid:
            with google_errors(self.address):
                self.credentials.refresh(google.auth.transport.requests.Request())
        return str(self.credentials.token)

    def json(
        self,
        path: str,
        where: str,
        action: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> dict[str, Any]:
        """GET, or POST a body; return the answer.

        Args:
            path: Below the API's address.
            where: What a person would call the thing that is asked for.
            action: The permission that it needs.
            query: Parameters of the address.
            body: JSON to POST.

        Raises:
            FileNotFoundError: If there is no such thing.
            AccessDenied, CredentialsMissing, Unreachable.
        """
        with google_errors(where):
            answer = self.session.request(
                "GET" if body is None else "POST",
                f"{self.address}/{path}",
                params=query,
                json=body,
                timeout=TIMEOUT,
            )
        check(answer, where, action)
        found = answer.json()
        assert isinstance(found, dict)
        return found

    def save(self, path: str, where: str, action: str, target: Path) -> None:
        """Copy the body of an answer to a file."""
        with (
            google_errors(where),
            self.session.get(f"{self.address}/{path}", stream=True, timeout=TIMEOUT) as answer,
        ):
            check(answer, where, action)
            with target.open("wb") as file:
                for block in answer.iter_content(1024 * 1024):
                    file.write(block)


def check(answer: requests.Response, where: str, action: str) -> None:
    """Raise our error for an answer that is none."""
    if answer.status_code < 400:
        return
    if answer.status_code == 404:
        raise FileNotFoundError(where)
    if answer.status_code == 401:
        raise CredentialsMissing(said(answer), provider="Google", hint=HINT)
    if answer.status_code == 403:
        raise AccessDenied(where, action, hint=ROLES)
    raise Unreachable(where, said(answer))


def said(answer: requests.Response) -> str:
    """Return the message of an error that Google answered, in one line."""
    try:
        text = str(answer.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        text = answer.text or str(answer.reason)
    return " ".join(text.split())[:300]


@contextmanager
def google_errors(where: str) -> Iterator[None]:
    """Turn errors of the network and of credentials into ours."""
    try:
        yield
    except GoogleAuthError as error:
        raise CredentialsMissing(str(error), provider="Google", hint=HINT) from error
    except requests.RequestException as error:
        raise Unreachable(where, str(error)) from error
