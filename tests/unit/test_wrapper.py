"""finops-podman.sh asks podman for what a command needs."""

from __future__ import annotations

import os

import pytest

from tests.fixtures.wrapped import ask, place

__all__ = ["ask", "place"]


def test_without_podman_it_says_what_to_install(place, ask):
    (place / "bin" / "podman").unlink()
    done = ask("run")
    assert done.code == 69
    assert done.err.startswith("error: podman is not here\nhint:  apt install podman")


@pytest.mark.parametrize("code", [125, 126, 127])
def test_what_podman_itself_fails_with_is_69_and_its_reason(place, ask, code):
    refuses = (
        f'#!/bin/sh\n[ "$1" = image ] && exit 0\necho "Error: no such volume" >&2\nexit {code}\n'
    )
    (place / "bin" / "podman").write_text(refuses)
    done = ask("run")
    assert (done.code, done.err) == (69, "Error: no such volume\n")


@pytest.mark.parametrize(
    ("code", "error"), [(1, "there is no image image"), (125, "podman does not work here")]
)
def test_an_image_that_is_not_here_is_told_from_a_podman_that_fails(place, ask, code, error):
    (place / "bin" / "podman").write_text(f"#!/bin/sh\nexit {code}\n")
    done = ask("run")
    assert (done.code, done.err.splitlines()[0]) == (69, f"error: {error}")


def test_deploy_is_told_to_be_of_the_machine_before_an_image_is_built(place, ask):
    done = ask("deploy", "up", OPEN_FINOPS_IMAGE="")
    assert done.code == 69
    assert done.err.endswith("hint:  ./finops deploy does.\n")
    assert done.words == [] and not (place / "built.log").exists()


def test_a_folder_for_working_files_that_is_not_there_is_told(ask):
    done = ask("doctor", TMPDIR="/nowhere")
    assert (done.code, done.words) == (69, [])
    assert "hint:  TMPDIR has to name one" in done.err


def test_a_command_has_small_rights_and_the_machine_s_network(ask):
    done = ask("doctor")
    assert "--read-only" in done.words
    assert done.values("--cap-drop") == {"all"}
    assert done.values("--security-opt") == {"no-new-privileges", "label=disable"}
    assert done.values("--network") == {"host"}
    assert done.values("--userns") == (set() if os.geteuid() == 0 else {"keep-id"})
    assert "--tty" not in done.words


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


def test_without_arguments_it_gives_none_so_that_all_commands_are_shown(place, ask):
    (place / "checkout" / "config.toml").touch()
    assert ask().words[-1] == "image"


def test_a_link_is_seen_with_what_it_leads_to(place, ask):
    (place / "disk").mkdir()
    (place / "here" / "bills").symlink_to(place / "disk")
    assert ask("aws", "import-cur", "--bucket=./bills").volumes[f"{place}/disk"] == "rw"


@pytest.mark.parametrize("words", [("-o", "out"), ("--html", "out"), ("--output=./out",)])
def test_what_a_link_in_the_working_directory_leads_to_is_seen(place, ask, words):
    (place / "disk").mkdir()
    (place / "here" / "out").symlink_to(place / "disk" / "still to be made")
    assert ask("focus", "export", *words).volumes[f"{place}/disk"] == "rw"


def test_aws_may_keep_a_token_that_it_renews_and_nothing_else(place, ask):
    (place / "home" / ".aws" / "sso" / "cache").mkdir(parents=True)
    volumes = ask("aws", "import-cur").volumes
    assert volumes[f"{place}/home/.aws"] == "ro"
    assert volumes[f"{place}/home/.aws/sso/cache"] == "rw"


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


def test_the_nearest_folder_around_a_file_to_be_written_is_seen(place, ask):
    (place / "out").mkdir()
    done = ask("focus", "export", "-o", str(place / "out" / "new" / "deep" / "bill"))
    assert done.volumes[f"{place}/out"] == "rw"
