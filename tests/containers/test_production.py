"""What docs/deployment/production.md tells people to type, run on a Debian 13 as root.

systemd itself cannot run in a container here: its commands are in the page's text, not among these.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.containers.podman import Podman
from tests.docs.pages import shell
from tests.fixtures.finops import ROOT

PAGE = "docs/deployment/production.md"
AFTERWARDS = """
podman secret ls --format '{{.Name}}' | sort
podman secret inspect --showsecret --format '{{len .SecretData}}' finops-metabase-setup-token
stat -c '%a %u %n' /srv/open-finops/data/serving /srv/open-finops/config.toml
"""
MADE = """\
finops-dashboards-token
finops-metabase-admin-password
finops-metabase-db-password
finops-metabase-encryption-key
finops-metabase-setup-token
36
750 10001 /srv/open-finops/data/serving
600 10001 /srv/open-finops/config.toml
"""


def test_the_commands_of_the_page_do_what_it_says(
    podman: Podman, trixie: str, tmp_path: Path
) -> None:
    commands = shell(PAGE)
    assert "caddy validate" in commands
    assert "quadlet -dryrun" in commands
    shutil.copytree(ROOT / "docker", tmp_path / "docker")
    (tmp_path / "config.toml").write_text("")
    (tmp_path / "containers.conf").write_text("")
    done = podman(
        *("run", "--rm", "--network", "none", "--volume", f"{tmp_path}:/checkout"),
        *("--workdir", "/checkout", "--tmpfs", "/var/lib/containers", trixie),
        *("/bin/bash", "-euo", "pipefail", "-c", f"{commands}\necho made:\n{AFTERWARDS}"),
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.partition("made:\n")[2] == MADE
    for secret in ("finops-dashboards-token", "finops-metabase-admin-password"):
        assert f"--secret {secret}" in done.stdout + done.stderr


def test_a_proxy_s_file_with_an_unknown_word_is_refused(
    podman: Podman, trixie: str, tmp_path: Path
) -> None:
    text = (ROOT / "docker/proxy/Caddyfile").read_text()
    (tmp_path / "Caddyfile").write_text(text.replace("reverse_proxy", "reverse_prox"))
    done = podman(
        *("run", "--rm", "--network", "none", "--volume", f"{tmp_path}:/etc/caddy:ro", trixie),
        *("caddy", "validate", "--config", "/etc/caddy/Caddyfile"),
        check=False,
    )
    assert done.returncode
    assert "unrecognized directive: reverse_prox" in done.stderr
