"""How to reach each storage; a section of config.toml takes these settings by being one of them.

What is None comes from the provider's own chain: AWS's, Azure's, Google's.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from core.sections import place, secret


@dataclass(frozen=True, kw_only=True)
class S3Access:
    """How to reach a bucket of S3, or of what speaks its protocol."""

    section: ClassVar[str] = "aws"

    region: str | None = None
    """Region of the bucket; AWS's own configuration when not set."""

    endpoint_url: str | None = None
    """Another S3 endpoint, such as a private or a test one."""

    profile: str | None = None
    """Profile of ~/.aws/config."""

    role_arn: str | None = None
    """Role to assume before reading."""

    external_id: str | None = secret()
    """External id that the role asks for."""

    access_key_id: str | None = secret()
    """Access key; leave empty to use the AWS credential chain."""

    secret_access_key: str | None = secret()
    """Secret of the access key; leave empty to use the AWS credential chain."""

    session_token: str | None = secret()
    """Token of temporary keys."""


@dataclass(frozen=True, kw_only=True)
class AzureAccess:
    """How to reach a storage account of Azure."""

    section: ClassVar[str] = "azure"

    account_name: str | None = None
    """Storage account; not needed where the source or the connection string names it."""

    endpoint_url: str | None = None
    """Another blob endpoint, such as a sovereign cloud's or a test one."""

    connection_string: str | None = secret()
    """Connection string of the storage account."""

    account_key: str | None = secret()
    """Access key of the storage account."""

    sas_token: str | None = secret()
    """Shared access signature of the container, with the rights to read and to list."""

    tenant_id: str | None = None
    """Directory of the service principal."""

    client_id: str | None = None
    """Application id of the service principal, or of a user-assigned managed identity."""

    client_secret: str | None = secret()
    """Secret of the service principal; without any of these: managed identity, then az login."""


@dataclass(frozen=True, kw_only=True)
class GoogleAccess:
    """How to reach Cloud Storage and BigQuery."""

    section: ClassVar[str] = "gcp"

    service_account_path: Path | None = place()
    """Key file of a service account; Application Default Credentials when not set."""

    impersonate_service_account: str | None = None
    """Service account to act as, by its e-mail address."""

    endpoint_url: str | None = None
    """Another Cloud Storage or BigQuery address, such as a private or a test one; it is asked
    without credentials unless a key file is named."""
