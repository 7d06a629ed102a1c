"""finops-podman.sh asks podman for what a command needs: a stand-in tells what it was asked."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.source import ROOT

WRAPPER = "finops-podman.sh"
TOOLS = (
    *(
        "bash",
        "basename",
        "cat",
        "chown",
        "dirname",
        "find",
        "grep",
        "head",
        "id",
        "mkdir",
        "realpath",
    ),
    *("sed", "sha256sum", "sort", "stat", "xargs"),
)
"""What the script may use besides podman."""
USER = 12345
"""Owner of the data folder where root runs the tests."""
PODMAN = """
case "$1 $2" in
    "image exists") exit 0 ;;
    "image inspect") cat "$BUILT" ;;
    "build --quiet")
        for one in "$@"; do
            case $one in open-finops.version=*) echo "${one#*=}" >"$BUILT" ;; esac
        done
        echo built >>"$BUILT.log" ;;
    *) for one in "$@"; do printf '%s\\n' "$one"; done ;;
esac
"""
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has another user to run as")


@dataclass(frozen=True)
class Asked:
    """What podman was asked to run, or how the script ended before that."""

    code: int
    words: list[str]
    err: str

    def values(self, option: str) -> set[str]:
        """Return what follows each option of a name."""
        return {self.words[n + 1] for n, word in enumerate(self.words) if word == option}

    @property
    def volumes(self) -> dict[str, str]:
        """Return the mode of each path; all are where they are on the machine."""
        found = {}
        for volume in self.values("--volume"):
            source, target, mode = volume.rsplit(":", 2)
            assert source == target
            found[source] = mode
        return found


Ask = Callable[..., Asked]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A machine with a checkout, its data folder, a home and a folder to work in."""
    for name in ("bin", "checkout", "data", "home", "here"):
        (tmp_path / name).mkdir()
    if os.geteuid() == 0:
        os.chown(tmp_path / "data", USER, USER)
    for name in TOOLS:
        (tmp_path / "bin" / name).symlink_to(str(shutil.which(name)))
    (tmp_path / "bin" / "podman").write_text(f"#!/bin/sh{PODMAN}")
    (tmp_path / "bin" / "podman").chmod(0o755)
    shutil.copy2(ROOT / WRAPPER, tmp_path / "checkout" / WRAPPER)
    return tmp_path


@pytest.fixture
def ask(place: Path) -> Ask:
    """Return what runs the script in the folder here/, with data/ as its data folder."""

    def asked(*arguments: str, **variables: str) -> Asked:
        given = {
            "PATH": str(place / "bin"),
            "HOME": str(place / "home"),
            "BUILT": str(place / "built"),
            "OPEN_FINOPS_IMAGE": "image",
            "OPEN_FINOPS_DATA_DIR": str(place / "data"),
        }
        env = {name: text for name, text in {**given, **variables}.items() if text}
        script = place / "checkout" / WRAPPER
        done = subprocess.run([script, *arguments], cwd=place / "here", env=env,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)  # fmt: skip
        return Asked(done.returncode, done.stdout.splitlines(), done.stderr)

    return asked


def test_without_podman_it_says_what_to_install(place, ask):
    (place / "bin" / "podman").unlink()
    done = ask("run")
    assert done.code == 69
    assert done.err.startswith("error: podman is not here\nhint:  apt install podman")


def test_secrets_are_passed_by_name_and_folders_where_they_are(place, ask):
    (place / "bills").mkdir()
    (place / "home" / ".aws").mkdir()
    (place / "here" / "config.toml").write_text('[project]\ndata_dir = "../data"\n')
    done = ask(
        *("aws", "import-cur", "-b", "../bills"),
        OPEN_FINOPS_DATA_DIR="",
        AWS_SECRET_ACCESS_KEY="not/to-be-shown",
        OPEN_FINOPS_DASHBOARDS_TOKEN="not-to-be-shown-either",
        OPEN_FINOPS_VENV="/venv/of/this/machine",
        UNRELATED="stays outside",
    )
    assert done.code == 0, done.err
    assert not [word for word in done.words if "to-be-shown" in word]
    assert {"AWS_SECRET_ACCESS_KEY", "OPEN_FINOPS_DASHBOARDS_TOKEN"} <= done.values("--env")
    assert not {"UNRELATED", "OPEN_FINOPS_VENV"} & done.values("--env")
    assert done.volumes == {
        f"{place}/here": "rw",
        f"{place}/here/config.toml": "ro",
        f"{place}/data": "rw",
        f"{place}/bills": "rw",
        f"{place}/home/.aws": "ro",
    }
    assert done.words[-7:] == [
        *("image", "--config", f"{place}/here/config.toml", "aws", "import-cur", "-b", "../bills")
    ]


@pytest.mark.parametrize(
    "text",
    [
        '[project]\ndata_dir = "../data"',
        "[project]\n'data_dir'='../data' # where it is",
        'project.data_dir = "../data"',
        'project = { name = "bills", data_dir = "../data" }',
    ],
)
def test_the_data_folder_is_found_however_config_toml_spells_it(place, ask, text):
    (place / "checkout" / "config.toml").write_text(f'# data_dir = "else"\n{text}\n')
    done = ask("run", OPEN_FINOPS_DATA_DIR="")
    assert done.volumes[f"{place}/data"] == "rw"
    assert "OPEN_FINOPS_DATA_DIR=" in done.words  # config.toml itself says where
    assert not (place / "checkout" / "data").exists()


def test_without_settings_data_lie_beside_the_script(place, ask):
    done = ask("run", OPEN_FINOPS_DATA_DIR="")
    assert done.volumes[f"{place}/checkout/data"] == "rw"
    assert f"OPEN_FINOPS_DATA_DIR={place}/checkout/data" in done.words


def test_a_database_elsewhere_can_be_written(place, ask):
    (place / "here" / "config.toml").write_text(
        f'[database.duckdb]\ndatabase_path = "{place}/disk/bills.duckdb"\n'
    )
    assert ask("run").volumes[f"{place}/disk"] == "rw"


@pytest.mark.parametrize("name", ["DATABASE_PATH", "DATABASE_DUCKDB_DATABASE_PATH"])
def test_a_database_that_a_variable_names_can_be_written(place, ask, name):
    done = ask("run", **{f"OPEN_FINOPS_{name}": "disk/bills.duckdb"})
    assert done.volumes[f"{place}/checkout/disk"] == "rw"


EXPORTS = """
[aws]
bucket = "exports/aws"
secret_access_key = "a*/key"
[[aws.exports]]
bucket = 'file://{place}/payer two'
[focus]
source = "files/*/*.parquet"
[[focus.sources]]
source = "s3://exports/aws"
[schedule]
cron = "15 6 * * *"
[currency]
rates = "rates.csv"
[gcp]
skip_columns = [
    "../tags",
]
"""


def test_what_config_toml_beside_the_script_names_is_seen_from_anywhere(place, ask):
    checkout = place / "checkout"
    for folder in ("exports/aws", "files/2026", "../payer two", "../tags"):
        (checkout / folder).mkdir(parents=True)
    (checkout / "files" / "2026" / "a.parquet").touch()
    (checkout / "rates.csv").touch()
    (checkout / "config.toml").write_text(EXPORTS.format(place=place))
    assert ask("run").volumes == {
        f"{place}/here": "rw",
        f"{place}/data": "rw",
        f"{checkout}/config.toml": "ro",
        f"{checkout}/exports/aws": "ro",
        f"{place}/payer two": "ro",
        f"{checkout}/files": "ro",
        f"{checkout}/rates.csv": "ro",
        f"{place}/tags": "ro",
    }


def test_a_link_is_seen_with_what_it_leads_to(place, ask):
    (place / "disk").mkdir()
    (place / "here" / "bills").symlink_to(place / "disk")
    assert ask("aws", "import-cur", "--bucket=./bills").volumes[f"{place}/disk"] == "rw"


def test_a_config_toml_that_is_named_is_read_alone(place, ask):
    folder = place / "settings"
    (folder / "exports").mkdir(parents=True)
    (folder / "real.toml").write_text('[azure]\nsource = "exports"\n')
    (folder / "link.toml").symlink_to("real.toml")
    for words in (["-c", "../settings/link.toml"], ["--config=../settings/link.toml"]):
        done = ask("run", *words)
        assert done.words[-1].endswith(f"{folder}/real.toml")
        assert f"{folder}" not in done.volumes
        assert done.volumes[f"{folder}/real.toml"] == "ro"
        assert done.volumes[f"{folder}/exports"] == "ro"


@pytest.mark.parametrize(
    "name",
    [
        *("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE"),
        *("AWS_CA_BUNDLE", "AZURE_FEDERATED_TOKEN_FILE", "AZURE_CLIENT_CERTIFICATE_PATH"),
        *("GOOGLE_APPLICATION_CREDENTIALS", "CLOUDSDK_CONFIG", "SSL_CERT_FILE"),
        *("OPEN_FINOPS_GCP_SERVICE_ACCOUNT_PATH", "OPEN_FINOPS_CURRENCY_RATES"),
    ],
)
def test_a_file_that_a_variable_names_is_seen_and_cannot_be_written(place, ask, name):
    (place / "keys").mkdir()
    (place / "keys" / "..data").mkdir()
    (place / "keys" / "..data" / "token").touch()
    (place / "keys" / "token").symlink_to("..data/token")  # as Kubernetes mounts one
    done = ask("run", **{name: str(place / "keys" / "token")})
    assert name in done.values("--env")
    assert done.volumes[f"{place}/keys/token"] == "ro"


def test_a_folder_of_the_image_itself_is_never_covered(place, ask):
    done = ask("focus", "export", "/usr/x", "/etc/x", "/x", "SELECT a / b * c,-c / d")
    assert set(done.volumes) == {f"{place}/here", f"{place}/data"}


def test_root_gives_a_new_data_folder_to_the_images_user(place, ask):
    done = ask("run", OPEN_FINOPS_DATA_DIR=str(place / "new" / "data"))
    made = (place / "new" / "data").stat()
    assert made.st_mode & 0o777 == 0o750
    owner = 10001 if os.geteuid() == 0 else os.geteuid()
    assert made.st_uid == owner
    [user] = done.values("--user")
    assert user.split(":")[0] == str(owner)


@as_root
def test_root_s_own_data_are_refused_with_the_command_that_helps(place, ask):
    os.chown(place / "data", 0, 0)
    done = ask("run")
    assert (done.code, done.words) == (69, [])
    assert done.err == (
        f"error: {place}/data belongs to root, and nothing in the container runs as root\n"
        f"hint:  chown -R 10001:10001 {place}/data\n"
    )


@as_root
def test_the_container_runs_as_the_owner_of_the_data(ask):
    assert ask("run").values("--user") == {f"{USER}:{USER}"}


@as_root
def test_a_config_toml_for_root_s_eyes_is_refused(place, ask):
    (place / "here" / "config.toml").touch(mode=0o600)
    done = ask("run")
    assert done.code == 69
    assert done.err.endswith(f"hint:  chown {USER} {place}/here/config.toml\n")


@as_root
def test_credentials_for_root_s_eyes_are_left_out_and_told_where_they_matter(place, ask):
    (place / "home" / ".aws").mkdir()
    (place / "home" / ".aws" / "credentials").touch(mode=0o600)
    told = f"note:  {place}/home/.aws/credentials is not seen: user {USER} of the container"
    done = ask("aws", "import-cur")
    assert done.err.startswith(told)
    assert f"{place}/home/.aws" not in done.volumes
    assert ask("report", "overview").err == ""


def made_of(checkout: Path) -> list[Path]:
    """Make the files that an image is made of, as the Containerfile's COPY lines say."""
    containerfile = checkout / "docker" / "finops" / "Containerfile"
    containerfile.parent.mkdir(parents=True)
    shutil.copy(ROOT / "docker" / "finops" / "Containerfile", containerfile)
    files = [containerfile]
    for line in containerfile.read_text().splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            for name in line.split()[1:-1]:
                folder = (ROOT / name).is_dir()
                files.append(checkout / name / "one file" if folder else checkout / name)
    for file in files[1:]:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("first")
    return files


def test_the_image_is_built_again_when_what_it_is_made_of_changes(place, ask):
    def builds() -> int:
        done = ask("run", OPEN_FINOPS_IMAGE="")
        assert done.code == 0, done.err
        assert "localhost/open-finops:cli" in done.words
        return (place / "built.log").read_text().count("built")

    files = made_of(place / "checkout")
    assert len(files) > 10
    assert [builds(), builds()] == [1, 1]
    for count, file in enumerate(files, start=2):
        file.write_text(file.read_text() + "# changed\n")
        assert builds() == count, file
    for name in ("core/__pycache__/x.pyc", "dashboards/ui/x.ts", "focus/target/x", "docs/x.md"):
        (place / "checkout" / name).parent.mkdir(parents=True, exist_ok=True)
        (place / "checkout" / name).touch()
    assert builds() == len(files) + 1
