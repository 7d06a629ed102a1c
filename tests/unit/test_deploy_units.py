"""What systemd runs is what compose runs, and is found by the labels of its units."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from core import __version__
from deploy.own import SERVICES
from deploy.place import COMPOSE_FILE
from deploy.stack import VERSION
from deploy.units import FOLDER, find_units, labels_of, searched, systemctl
from tests.fixtures.finops import ROOT
from tests.fixtures.mounts import mounts

UNITS = ROOT / "docker" / "quadlet"
SRV = Path("/srv/open-finops")
COMPOSE = yaml.safe_load(COMPOSE_FILE.read_text(encoding="utf-8"))["services"]
HERE = {"QUADLET_UNIT_DIRS": str(UNITS)}


def values(path: Path, key: str) -> list[str]:
    """Return what a unit says for a key, as often as it says it."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.partition("=")[2] for line in lines if line.startswith(f"{key}=")]


def test_each_service_has_a_unit_of_the_folder_that_it_mounts() -> None:
    assert find_units(SRV, HERE) == {name: f"finops-{name}" for name in SERVICES}
    assert find_units(Path("/srv/other"), HERE) == {}
    for path in UNITS.glob("*.container"):
        mounted = [one for one in values(path, "Volume") if one.startswith("/")]
        assert all(one.startswith(f"{labels_of(path)[FOLDER]}/") for one in mounted)


def test_a_unit_without_the_label_is_no_one_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (UNITS / "finops-postgres.container").read_text()
    (tmp_path / "mine.container").write_text(text.replace(f"Label={FOLDER}", "#"))
    monkeypatch.chdir(tmp_path)
    assert find_units(tmp_path, {"QUADLET_UNIT_DIRS": str(tmp_path)}) == {}


def test_a_unit_of_somebody_else_s_that_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "gone.container").symlink_to("nowhere")
    (tmp_path / "old.container").write_bytes("# für alle\n".encode("latin-1"))
    assert find_units(SRV, {"QUADLET_UNIT_DIRS": f"{UNITS}:{tmp_path}"}) == find_units(SRV, HERE)


def test_units_are_looked_for_where_podman_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert searched({}) == [Path("/etc/containers/systemd")]
    assert systemctl("stop", ["a", "b"]) == "systemctl stop a b"
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    configured = {"XDG_CONFIG_HOME": str(tmp_path)}
    assert searched(configured) == [tmp_path / "containers" / "systemd"]
    assert searched({}) == [Path.home() / ".config" / "containers" / "systemd"]
    assert systemctl("stop", ["a", "b"]) == "systemctl --user stop a b"


def test_the_dashboards_serve_as_compose_tells_them() -> None:
    [line] = values(UNITS / "finops-dashboards.container", "Exec")
    assert line.split()[2:] == COMPOSE["dashboards"]["command"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_unit_has_the_mounts_ports_and_limits_of_compose(service: str) -> None:
    path, of_compose = UNITS / f"finops-{service}.container", COMPOSE[service]

    def plain(text: str) -> str:
        return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)

    ours, theirs = mounts(values(path, "Volume")), mounts(of_compose["volumes"])
    assert {to: "ro" in how for to, how in ours.items()} == {
        to: "ro" in how for to, how in theirs.items()
    }
    assert values(path, "PublishPort") == [plain(one) for one in of_compose.get("ports", ())]
    assert values(path, "PidsLimit") == [str(of_compose["pids_limit"])]
    assert values(path, "PodmanArgs") == [f"--memory={plain(of_compose['mem_limit'])}"]


def test_metabase_has_its_secrets_and_shares_an_internal_network_with_postgres() -> None:
    secret = {
        one.rpartition("target=")[2]
        for one in values(UNITS / "finops-metabase.container", "Secret")
    }
    assert secret == {"MB_DB_PASS", "MB_SETUP_TOKEN", "MB_ENCRYPTION_SECRET_KEY"}
    [network] = values(UNITS / "finops-postgres.container", "Network")
    assert network in values(UNITS / "finops-metabase.container", "Network")
    assert values(UNITS / network, "Internal") == ["true"]


def test_metabase_is_led_by_a_scheduler_that_can_sign_in() -> None:
    path = UNITS / "finops-scheduler.container.d" / "metabase.conf"
    set_there = {one.partition("=")[0] for one in values(path, "Environment")}
    secret = {one.rpartition("target=")[2] for one in values(path, "Secret")}
    of_compose = {name for name in COMPOSE["scheduler"]["environment"] if "METABASE" in name}
    assert set_there | secret == of_compose | {
        "OPEN_FINOPS_METABASE_ADMIN_EMAIL",
        "OPEN_FINOPS_METABASE_ADMIN_PASSWORD",
        "OPEN_FINOPS_METABASE_SETUP_TOKEN",
    }


@pytest.mark.parametrize("service", SERVICES)
def test_compose_labels_each_container_with_its_folder(service: str) -> None:
    assert COMPOSE[service]["labels"][FOLDER] == "${FINOPS_FOLDER:-}"


def test_the_image_is_labelled_with_the_version_of_what_is_in_it() -> None:
    text = (ROOT / "docker" / "finops" / "Containerfile").read_text()
    assert f'{VERSION}="{__version__}"' in text
