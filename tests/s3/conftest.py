"""An S3 server over HTTP, with a proxy that notes what was asked."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto.server import ThreadedMotoServer

from tests.fixtures.aws import Bucket
from tests.fixtures.finops import Finops
from tests.s3.proxy import Proxy

NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def moto_port() -> Iterator[int]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    yield port
    server.stop()


@pytest.fixture
def proxy(moto_port: int) -> Iterator[Proxy]:
    proxy = Proxy(moto_port)
    yield proxy
    proxy.close()


@pytest.fixture
def s3(moto_port: int) -> Any:
    """A client of the server's owner."""
    return boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{moto_port}",
        region_name="us-east-1",
        aws_access_key_id="owner",
        aws_secret_access_key="secret",
        config=Config(s3={"addressing_style": "path"}),
    )


@pytest.fixture
def finops(finops: Finops, proxy: Proxy) -> Finops:
    """The commands, with keys of a user and the proxy as AWS."""
    finops.environment |= {
        "AWS_ENDPOINT_URL": proxy.url,
        "AWS_ACCESS_KEY_ID": "AKIAUSER",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_MAX_ATTEMPTS": "2",
    }
    return finops


@pytest.fixture
def upload(s3: Any) -> Callable[[Bucket], list[str]]:
    """Copies a mirror into a bucket of its own and returns the flags that point there."""

    def copy(bucket: Bucket) -> list[str]:
        name = f"bucket-{next(NUMBERS)}"
        s3.create_bucket(Bucket=name)
        for path in sorted(bucket.root.rglob("*")):
            if path.is_file():
                s3.put_object(Bucket=name, Key=bucket.key(path), Body=path.read_bytes())
        prefix = ["-p", bucket.prefix] if bucket.prefix else []
        return ["-b", name, *prefix, "-n", bucket.name]

    return copy
