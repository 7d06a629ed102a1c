"""What docs/containers.md tells people to type does what it says there."""

from __future__ import annotations

import os
from pathlib import Path

from tests.containers.podman import IMAGE, Podman
from tests.containers.site import USER, Site, until
from tests.docs.pages import blocks
from tests.fixtures.finops import ROOT
from tests.fixtures.ports import free_port

PAGE = ROOT / "docs/containers.md"
DEMO = "demo --no-serve"
ASKING = "podman healthcheck run finops-pages"


def shell_blocks() -> list[str]:
    return [block.text for block in blocks() if block.page == PAGE and block.language == "sh"]


def test_the_commands_of_the_page_do_what_it_says(
    image: Podman, volume: str, tmp_path: Path
) -> None:
    machine = Site(tmp_path, image)
    for name in ("docker/finops", "home/.aws", "data"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "docker/finops/Containerfile").write_text(f"FROM {IMAGE}\n")  # see test_image.py
    (tmp_path / "config.toml").touch()
    os.chown(machine.data, USER, USER)
    port = f"127.0.0.1:{free_port()}:"
    texts = shell_blocks()
    assert [text.count(DEMO) for text in texts].count(1) == 1
    assert [text.count(ASKING) for text in texts].count(1) == 1
    try:
        for text in texts:
            # The volume of test_image.py has this demo already.
            text = text.replace(DEMO, f"demo --months 2 {DEMO.removeprefix('demo ')}")
            text = text.replace("finops:/data", volume)
            text = text.replace("127.0.0.1:8080:", port)
            if ASKING in text:
                until(lambda text=text: machine.shell(text).code == 0, "it does not answer")
                continue
            done = machine.shell(text)
            assert done.code == 0, f"{text}\n{done.out}{done.err}"
    finally:
        image("rm", "--force", "--ignore", "--time", "0", "finops-pages", "finops-schedule")
    assert (machine.data / "config.toml").stat().st_uid == USER
    assert image("volume", "exists", "finops", check=False).returncode == 1
