"""S3 and what speaks its protocol: boto3 lists and finds credentials, DuckDB's httpfs reads."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.session
from boto3.exceptions import Boto3Error
from botocore.config import Config as BotoConfig
from botocore.credentials import (
    CredentialProvider,
    CredentialResolver,
    RefreshableCredentials,
    create_assume_role_refresher,
)
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    ParamValidationError,
)

from core import sql
from core.backends.duckdb import load_extension
from core.errors import (
    AccessDenied,
    BadSetting,
    BucketNotFound,
    CredentialsMissing,
    Unreachable,
    WrongRegion,
)
from core.storage.access import S3Access
from core.storage.base import Listing

SIGN_IN = "Set AWS_PROFILE or the AWS_* variables, sign in with `aws sso login`, or set keys."
POLICY = "The role needs s3:ListBucket and s3:GetObject; docs/vendors/aws.md has the policy."
CREDENTIAL_ERRORS = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken"}
LASTING = 45 * 60
"""With fewer seconds left, boto3 tries to renew a role's keys; where that fails, it goes on with
them until they end, and only then it is an error."""
REGION_ERRORS = {
    "PermanentRedirect",
    "301",
    "AuthorizationHeaderMalformed",
    "IllegalLocationConstraintException",
}
# It warns, with a traceback, of each try to renew keys that failed; what counts is the error when
# they have ended.
logging.getLogger("botocore.credentials").setLevel(logging.CRITICAL)


class S3Store:
    """Reads one bucket."""

    def __init__(self, bucket: str, access: S3Access, setting: str = "aws.bucket") -> None:
        self.bucket, self.setting, self.section = bucket, setting, access.section
        self.location = f"s3://{bucket}"
        self._sizes: dict[str, int | None] = {}
        self._times: dict[str, float] = {}
        with self._errors("open"):
            self.session = open_session(access)
            self.client = open_client(self.session, access)

    def name(self, key: str) -> str:
        return f"{self.location}/{key}"

    def list(self, prefix: str) -> Listing:
        folders: list[str] = []
        files: list[str] = []
        with self._errors("s3:ListBucket"):
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=prefix, Delimiter="/"
            )
            for page in pages:
                folders += [p["Prefix"] for p in page.get("CommonPrefixes", ())]
                for found in page.get("Contents", ()):
                    self._sizes[found["Key"]] = int(found["Size"])
                    self._times[found["Key"]] = found["LastModified"].timestamp()
                    files.append(found["Key"])
        files = [key for key in files if key != prefix]
        return Listing(folders=tuple(sorted(folders)), files=tuple(sorted(files)))

    def read(self, key: str) -> bytes:
        with self._errors("s3:GetObject"):
            return bytes(self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read())

    def size(self, key: str) -> int | None:
        """Return the size from a listing of the object's folder: one request for many files."""
        if key not in self._sizes:
            self._sizes[key] = None
            self.list(key[: key.rfind("/") + 1])
        return self._sizes[key]

    def modified(self, key: str) -> float:
        if key in self._times:
            return self._times[key]
        with self._errors("s3:GetObject"):
            found = self.client.head_object(Bucket=self.bucket, Key=key)["LastModified"]
            return float(found.timestamp())

    def local(self, key: str) -> None:
        return None

    def download(self, key: str, target: Path) -> None:
        with self._errors("s3:GetObject"):
            self.client.download_file(self.bucket, key, str(target))

    def in_place(self, key: str) -> bool:
        """A `?` in a key would begin DuckDB's options."""
        return "?" not in key

    def url(self, key: str) -> str:
        """Return the address for DuckDB, where * and [ would begin patterns."""
        return f"s3://{self.bucket}/" + re.sub(r"([*\[])", r"[\1]", key)

    def statements(self) -> Sequence[str]:
        """Return LOAD httpfs and a secret with the credentials that boto3 holds now.

        boto3 renews credentials that expire within the next minutes when it is asked for them.
        """
        with self._errors("credentials"):
            found = self.session.get_credentials()
            if found is None:
                raise NoCredentialsError()
            keys = found.get_frozen_credentials()
        endpoint = urlsplit(self.client.meta.endpoint_url)
        options = {
            "KEY_ID": keys.access_key,
            "SECRET": keys.secret_key,
            "SESSION_TOKEN": keys.token,
            "REGION": self._region,
            "SCOPE": self.location,
        }
        if not is_default(endpoint.hostname):
            options["ENDPOINT"] = endpoint.netloc
        if "ENDPOINT" in options or "." in self.bucket:
            options["URL_STYLE"] = "path"
        settings = [f"{name} {sql.text(value)}" for name, value in options.items() if value]
        settings.append(f"USE_SSL {'true' if endpoint.scheme == 'https' else 'false'}")
        name = sql.ident(f"bucket {self.bucket}")
        return (
            load_extension("httpfs"),
            f"CREATE OR REPLACE SECRET {name} (TYPE s3, {', '.join(settings)})",
        )

    @cached_property
    def _region(self) -> str:
        """Return the bucket's own region, which boto3 finds by itself and DuckDB does not."""
        try:
            answer = self.client.head_bucket(Bucket=self.bucket)
        except (ClientError, BotoCoreError):
            answer = {}
        headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        return str(headers.get("x-amz-bucket-region") or self.client.meta.region_name)

    def refused(self, where: str) -> AccessDenied:
        return AccessDenied(where, "s3:GetObject", hint=POLICY)

    @contextmanager
    def _errors(self, action: str) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            raise self._explained(error, action) from error
        except ParamValidationError as error:
            raise BadSetting(self.setting, self.bucket, "the name of a bucket") from error
        except (BotoCoreError, Boto3Error) as error:
            raise explained(error, self.location) from error

    def _explained(self, error: ClientError, action: str) -> Exception:
        details = error.response.get("Error", {})
        code = str(details.get("Code", ""))
        headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        if code in ("NoSuchKey", "404", "NotFound"):
            return FileNotFoundError(code)
        if code == "NoSuchBucket":
            return BucketNotFound(f"the bucket {self.bucket}")
        if code in REGION_ERRORS:
            region = headers.get("x-amz-bucket-region") or details.get("Region") or ""
            return WrongRegion(self.bucket, str(region), self.section)
        if code in CREDENTIAL_ERRORS:
            return CredentialsMissing(code, provider="AWS", hint=SIGN_IN)
        if code in ("AccessDenied", "403", "Forbidden", "AllAccessDisabled"):
            by_role = error.operation_name == "AssumeRole"
            return AccessDenied(self.location, "sts:AssumeRole" if by_role else action, hint=POLICY)
        return Unreachable(self.location, str(details.get("Message") or code or error))


def open_session(access: S3Access) -> boto3.Session:
    """Return a session: explicit keys, else the profile, else AWS's chain; then the role."""
    session = boto3.Session(
        aws_access_key_id=access.access_key_id,
        aws_secret_access_key=access.secret_access_key,
        aws_session_token=access.session_token,
        profile_name=access.profile,
        region_name=access.region,
    )
    if not session.region_name:
        session = boto3.Session(
            aws_access_key_id=access.access_key_id,
            aws_secret_access_key=access.secret_access_key,
            aws_session_token=access.session_token,
            profile_name=access.profile,
            region_name="us-east-1",
        )
    return in_role(session, access) if access.role_arn else session


class AssumedRole(CredentialProvider):
    """Credentials of a role: assumed now, and anew when they end within `LASTING` seconds."""

    METHOD = "open-finops-role"

    def __init__(self, session: boto3.Session, request: dict[str, str]) -> None:
        super().__init__()
        assume = create_assume_role_refresher(session.client("sts"), request)
        self.credentials = RefreshableCredentials.create_from_metadata(
            assume(), assume, self.METHOD, advisory_timeout=LASTING
        )

    def load(self) -> RefreshableCredentials:
        return self.credentials


def in_role(session: boto3.Session, access: S3Access) -> boto3.Session:
    """Return a session in the role that `access` names, assumed from another session."""
    assert access.role_arn is not None
    request = {"RoleArn": access.role_arn, "RoleSessionName": "open-finops-stack"}
    if access.external_id:
        request["ExternalId"] = access.external_id
    resolver = CredentialResolver([AssumedRole(session, request)])
    inner = botocore.session.Session()
    inner.register_component("credential_provider", resolver)
    return boto3.Session(botocore_session=inner, region_name=session.region_name)


def open_client(session: boto3.Session, access: S3Access) -> Any:
    """Return the S3 client; an endpoint that is not AWS's gets the bucket in the path."""
    options: Any = {"retries": {"mode": "standard", "max_attempts": 4}, "connect_timeout": 10}

    def client(**more: Any) -> Any:
        config = BotoConfig(**options, **more)
        return session.client("s3", endpoint_url=access.endpoint_url, config=config)

    try:
        found = client()
        host = urlsplit(found.meta.endpoint_url).hostname or ""
    except ValueError as error:
        raise BadSetting("endpoint_url", access.endpoint_url, "an address like http://x") from error
    if host.endswith((".amazonaws.com", ".amazonaws.com.cn")):
        return found
    return client(s3={"addressing_style": "path"})


def is_default(host: str | None) -> bool:
    """Tell whether DuckDB would find this endpoint from the region alone."""
    return re.fullmatch(r"s3(\.[a-z0-9-]+)?\.amazonaws\.com", host or "") is not None


def explained(error: BotoCoreError | Boto3Error, where: str) -> Exception:
    """Return our error for one of botocore's own; its text never holds a secret."""
    kind, reason = type(error).__name__, " ".join(str(error).split())
    if "Credential" in kind or "Token" in kind or "Profile" in kind or "SSO" in kind:
        return CredentialsMissing(reason, provider="AWS", hint=SIGN_IN)
    return Unreachable(where, reason)
