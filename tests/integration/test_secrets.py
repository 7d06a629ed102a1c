"""No command tells a secret: not on the terminal, not in a file it leaves behind."""

from __future__ import annotations

import pytest

CANARY = "canary-7f3a-secret"
SETTINGS = ("access_key_id", "secret_access_key", "session_token", "external_id")
COMMANDS = [
    ["run"],
    ["run", "--json"],
    ["aws", "import-cur"],
    ["aws", "import-cur", "-n", "second"],
    ["aws", "list-manifests"],
    ["aws", "list-exports", "--json"],
    ["aws", "show-state"],
    ["report", "overview"],
    ["focus", "build"],
    ["focus", "check"],
    ["focus", "export", "-o", "out"],
    ["query", "SELECT * FROM duckdb_settings()"],
    ["query", "SELECT * FROM duckdb_secrets()"],
    ["doctor"],
    ["doctor", "--json"],
    ["config", "show"],
    ["config", "show", "--json"],
    ["config", "init", "--path", "other.toml"],
    ["completion", "bash"],
]


@pytest.fixture
def configured(finops):
    """A config.toml that is full of secrets, and a bucket that nobody reaches."""
    secrets = "\n".join(f'{name} = "{CANARY}"' for name in SETTINGS)
    (finops.home / "config.toml").write_text(
        f'[aws]\nbucket = "bills"\nexport_name = "cur"\nendpoint_url = "http://127.0.0.1:1"\n'
        f'{secrets}\n[[aws.exports]]\nname = "second"\nexport_name = "x"\n{secrets}\n'
    )
    return finops


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_tells_a_secret(command, configured):
    """The file gives the secrets, or it does not parse, or the environment gives them too."""
    variables = {f"OPEN_FINOPS_AWS_{name.upper()}": CANARY for name in SETTINGS}
    for env in ({}, variables, {"AWS_SECRET_ACCESS_KEY": CANARY, "AWS_SESSION_TOKEN": CANARY}):
        result = configured(*command, env=env)
        assert CANARY not in result.out + result.err
        assert "Traceback" not in result.err
    left = [path for path in configured.home.rglob("*") if path.is_file()]
    left.remove(configured.home / "config.toml")
    assert [path for path in left if CANARY.encode() in path.read_bytes()] == []
