"""The image of every command: small rights, nothing of the build's machine, data that stays."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from core import __version__
from tests.containers.podman import BASE, HARDENED, IMAGE, Podman
from tests.fixtures.ports import free_port

LARGEST = 450_000_000
OF_ITS_OWN = 319_000_000
"""Bytes above its base."""
CLIENTS = """
import azure.identity, azure.storage.blob, boto3, duckdb, google.auth.credentials
from google.cloud.bigquery_storage_v1 import BigQueryReadClient
from core.backends.duckdb import load_extension

for service in ("s3", "sts", "sso", "sso-oidc", "signin"):
    print(boto3.client(service, region_name="eu-west-1").meta.endpoint_url)
identity = azure.identity.DefaultAzureCredential()
azure.storage.blob.ContainerClient("https://bills.blob.core.windows.net", "exports", identity)
BigQueryReadClient(credentials=google.auth.credentials.AnonymousCredentials())
connection = duckdb.connect()
for extension in ("httpfs", "avro"):
    connection.execute(load_extension(extension))
"""
"""Makes a client of each cloud; nothing is asked of one."""
TOKEN = "correct-horse-battery"
PATIENCE = 30
PORT = free_port()


def test_it_runs_as_nobody_in_particular_on_a_root_that_cannot_be_written(image: Podman) -> None:
    assert image.run("--version") == f"open-finops-stack {__version__}\n"
    shell = ("--entrypoint", "/bin/sh")
    script = "id -u; touch /opt/finops/x 2>&1; grep -E 'CapEff|NoNewPrivs' /proc/1/status"
    said = image("run", "--rm", *HARDENED, *shell, IMAGE, "-c", script)
    assert said.stdout.split("\n")[0] == "10001"
    assert "Read-only file system" in said.stdout
    assert "CapEff:\t0000000000000000" in said.stdout
    assert "NoNewPrivs:\t1" in said.stdout


def test_nothing_of_the_machine_that_built_it_is_in_it(image: Podman) -> None:
    listing = "ls /etc/apt/sources.list.d /etc/pip.conf /root/.pip /root/.config 2>/dev/null"
    said = image("run", "--rm", "--user", "0", "--entrypoint", "/bin/sh", IMAGE, "-c", listing,
                 check=False)  # fmt: skip
    assert said.stdout.split() in ([], ["/etc/apt/sources.list.d:"])
    about = json.loads(image("image", "inspect", IMAGE).stdout)[0]
    assert about["User"] == "10001:10001"
    names = [pair.partition("=")[0] for pair in about["Config"]["Env"]]
    assert not {name for name in names if name.startswith(("PIP_", "SSL_")) or "TOKEN" in name}
    assert about["Healthcheck"]["Test"][0] == "CMD"


def test_it_is_small(image: Podman) -> None:
    size, base = (
        int(image("image", "inspect", "--format", "{{.Size}}", name).stdout)
        for name in (IMAGE, BASE)
    )
    assert size <= LARGEST, f"{size:,} bytes"
    assert size - base <= OF_ITS_OWN, f"{size - base:,} bytes above its base"


def test_what_was_left_out_of_it_no_cloud_s_client_needs(image: Podman) -> None:
    python = ("--entrypoint", "/opt/finops/.venv/bin/python", "--env", "PYTHONPATH=/opt/finops")
    said = image("run", "--rm", "--network", "none", *HARDENED, *python, IMAGE, "-c", CLIENTS)
    assert said.stdout.split() == [
        "https://s3.eu-west-1.amazonaws.com",
        "https://sts.eu-west-1.amazonaws.com",
        "https://portal.sso.eu-west-1.amazonaws.com",
        "https://oidc.eu-west-1.amazonaws.com",
        "https://signin.eu-west-1.amazonaws.com",
    ]


def test_the_demo_is_proven_and_stays_in_its_volume(image: Podman, volume: str) -> None:
    said = image.run("focus", "check", "--demo", "--json", options=("--volume", volume))
    proofs = json.loads(said)["reconciliation"]
    assert {proof["billing_period"] for proof in proofs} == {"2026-05", "2026-06"}
    assert all(proof["source_billed"] == proof["focus_billed"] for proof in proofs)


def test_a_folder_of_the_host_holds_files_of_the_host_s_user(image: Podman, tmp_path: Path) -> None:
    user = 12345
    os.chown(tmp_path, user, user)
    image(
        *("run", "--rm", "--network", "none", *HARDENED, "--user", f"{user}:{user}"),
        *("--volume", f"{tmp_path}:/data", IMAGE, "config", "init", "--path", "/data/config.toml"),
    )
    made = tmp_path / "config.toml"
    assert (made.stat().st_uid, made.stat().st_mode & 0o777) == (user, 0o600)


@pytest.fixture
def dashboards(image: Podman, volume: str) -> Iterator[str]:
    """The dashboards of the demo, published on this machine alone; yield the container's name."""
    image(
        *("run", "--detach", "--name", "pages", *HARDENED, "--volume", volume),
        *("--publish", f"127.0.0.1:{PORT}:8080", "--env", f"OPEN_FINOPS_DASHBOARDS_TOKEN={TOKEN}"),
        *(IMAGE, "serve", "--demo", "--host", "0.0.0.0"),
    )
    yield "pages"
    image("rm", "--force", "--time", "0", "pages")


def ask(**headers: str) -> tuple[int, str]:
    """Ask the published port, as soon as it answers; return status and generation."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with closing(HTTPConnection("127.0.0.1", PORT, timeout=5)) as connection:
                connection.request("GET", "/api/v1/meta", headers=headers)
                answer = connection.getresponse()
                answer.read()
                return answer.status, answer.getheader("x-generation") or ""
        except (OSError, HTTPException):
            assert time.monotonic() < end, "the dashboards do not answer"
            time.sleep(0.2)


def test_the_dashboards_answer_on_loopback_to_who_has_the_token(
    image: Podman, dashboards: str
) -> None:
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert ask()[0] == 401
    status, generation = ask(**bearer)
    assert status == 200
    ports = json.loads(image("inspect", dashboards).stdout)[0]["NetworkSettings"]["Ports"]
    assert ports == {"8080/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(PORT)}]}
    assert image("healthcheck", "run", dashboards).returncode == 0
    logs = image("logs", dashboards)
    assert logs.stdout + logs.stderr
    assert TOKEN not in logs.stdout + logs.stderr

    image("restart", "--time", "10", dashboards)

    assert ask(**bearer) == (200, generation)
    image("stop", "--time", "10", dashboards)
    assert json.loads(image("inspect", dashboards).stdout)[0]["State"]["ExitCode"] == 0


def test_an_address_that_others_reach_is_refused_without_a_token(image: Podman) -> None:
    done = image(
        *("run", "--rm", "--network", "none", *HARDENED, IMAGE),
        *("serve", "--demo", "--host", "0.0.0.0"),
        check=False,
    )
    assert done.returncode == 2
    assert "a token or user_header" in done.stderr
