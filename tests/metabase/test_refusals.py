"""What can go wrong at a site: one clear error each, and no secret in it."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

import pytest

from core.errors import LoginRefused
from metabase.client import LONGEST_REASON
from metabase.content import FOLDER, Content
from tests.fixtures.finops import Finops
from tests.metabase.conftest import EMAIL, PASSWORD, User
from tests.metabase.contract import Refused
from tests.metabase.serving import Fault

WRONG = "not the password"


def test_a_wrong_password_is_told_and_not_tried_again(user: User) -> None:
    user.site.instance.users[EMAIL] = PASSWORD
    result = user("provision", admin_password=WRONG)
    assert result.code == 11
    assert result.error.startswith(f"Metabase at {user.site.url} refuses the login of {EMAIL}: ")
    assert user.site.calls.count(("POST", "/api/session")) == 1
    assert WRONG not in result.err and "[metabase]" in result.hint


def test_after_many_wrong_passwords_a_right_one_is_refused_with_the_reason(user: User) -> None:
    user.site.instance.users[EMAIL] = PASSWORD
    for _ in range(5):
        with pytest.raises(LoginRefused):
            user.provision(admin_password=WRONG)
    with pytest.raises(LoginRefused, match="Too many attempts! You must wait 15 seconds"):
        user.provision()


def test_a_key_that_was_revoked_is_told(user: User) -> None:
    user.site.instance.users[EMAIL] = PASSWORD
    result = user("smoke", api_key="mb_revoked_key")
    assert result.code == 11
    assert "refuses the login, the session or the key: Unauthenticated" in result.error
    assert "mb_revoked_key" not in result.err


def test_a_setup_token_that_metabase_does_not_read_does_no_harm(user: User) -> None:
    user.provision(setup_token="an-old-token")
    assert user.site.instance.users == {EMAIL: PASSWORD}


def test_a_setup_token_that_is_not_taken_is_told(user: User) -> None:
    told = user.site.instance.properties()
    user.site.instance.properties = lambda: told | {"setup-token": None}  # type: ignore
    result = user("provision", setup_token="an-old-token")
    assert result.code == 11
    assert "refuses the setup: token: Token does not match the setup token." in result.error
    assert "an-old-token" not in result.err
    assert user.site.instance.users == {}


@pytest.mark.parametrize("password", [PASSWORD, "theirs"])
def test_where_somebody_is_set_up_first_their_login_is_asked_for(
    user: User, few: Content, password: str
) -> None:
    def first(number: int, method: str, path: str) -> Fault | None:
        if path == "/api/setup":
            user.site.instance.users[EMAIL] = password
        return None

    user.site.fault = first
    if password == PASSWORD:
        assert user.provision(few)[0] == "administrator: set up"
        return
    with pytest.raises(LoginRefused, match=f"refuses the login of {EMAIL}"):
        user.provision(few)


def test_an_error_that_repeats_a_secret_hides_it(user: User) -> None:
    user.site.instance.users[EMAIL] = PASSWORD
    user.site.instance.check_user = lambda session, key: (_ for _ in ()).throw(  # type: ignore
        Refused(401, f"no session {session} of {PASSWORD}")
    )
    result = user("provision")
    assert "no session **** of ****" in result.error


def test_a_secret_that_a_long_reason_is_cut_at_is_hidden_too(user: User) -> None:
    user.site.instance.users[EMAIL] = PASSWORD
    reason = f"{'x' * (LONGEST_REASON - 9)} {PASSWORD}"
    user.site.instance.check_user = lambda session, key: (_ for _ in ()).throw(  # type: ignore
        Refused(401, reason)
    )
    assert PASSWORD[:4] not in user("provision").err


def test_a_metabase_without_the_driver_is_told(user: User) -> None:
    user.site.instance.engines = ("postgres",)
    result = user("provision")
    assert result.code == 11
    assert result.error == f"Metabase at {user.site.url} has no driver for DuckDB"


def test_nobody_there_is_told_at_once_where_one_does_not_wait(user: User) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    for command in (("provision", "--wait", "0"), ("smoke",)):
        result = user(*command, url=url)
        assert result.code == 11
        assert result.error == f"Metabase at {url} does not answer: no connection after 0 s"


def test_https_where_there_is_none_is_told(user: User) -> None:
    url = user.site.url.replace("http:", "https:")
    result = user("provision", "--wait", "0", url=url)
    assert result.error == f"Metabase at {url} does not answer: no TLS as https wants it after 0 s"


def test_a_metabase_that_is_still_starting_is_told(user: User) -> None:
    user.site.instance.starting = 100
    result = user("provision", "--wait", "0")
    assert "it is still starting after 0 s" in result.error


def test_a_metabase_that_starts_is_waited_for_and_that_is_told(user: User) -> None:
    user.site.instance.users[EMAIL] = PASSWORD
    user.site.instance.starting = 1
    result = user("provision", "--check", "--wait", "60")
    assert result.err.splitlines()[0] == (
        f"waiting for Metabase at {user.site.url}, 60 s at most ..."
    )
    assert result.error.endswith(f"changes to make in Metabase at {user.site.url}")


def test_something_else_at_the_address_is_told(user: User) -> None:
    user.site.instance.health = lambda: "<html>a login page</html>"  # type: ignore[method-assign]
    assert user("provision").error.endswith("does not answer: something else is there")
    user.site.fault = lambda number, method, path: Fault(404)
    assert user("provision").error.endswith("does not answer: something else is there")


def test_missing_settings_are_named(user: User) -> None:
    for name in ("admin_email", "admin_password"):
        result = user("provision", **{name: ""})
        assert result.code == 2
        assert result.error == f"metabase.{name} (or metabase.api_key) is not set"
        assert f"OPEN_FINOPS_METABASE_{name.upper()}" in result.hint
        assert result.out == "" and user.site.calls == []


def test_a_folder_that_metabase_does_not_see_is_told(user: User) -> None:
    result = user("provision", database_folder="/elsewhere")
    assert result.code == 11
    assert "/elsewhere/finops-" in result.error and "status 400" in result.error
    assert "`database_folder` in [metabase]" in result.hint


def test_a_folder_without_content_is_told(user: User, tmp_path: Path) -> None:
    result = user("provision", "--content", str(tmp_path))
    assert result.error == f"{tmp_path}/filters.toml cannot be used: No such file or directory"


def test_a_file_that_metabase_cannot_see_is_told(user: User) -> None:
    result = user("provision", database_folder="/elsewhere")
    assert result.code == 11
    assert "refuses POST /api/database with status 400: Cannot open /elsewhere/" in result.error


def test_tables_that_metabase_does_not_find_are_named(user: User) -> None:
    user.site.instance.read_columns = lambda file: None  # type: ignore[method-assign]
    result = user("provision", "--wait", "0")
    assert result.code == 11
    assert "has not found 25 columns of the database: ledger.loads.billing_period" in result.error


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("FROM marts.", "FROM nowhere.", "Catalog Error"),
        ("coalesce(billing_currency, 'no", "coalesce(CAST('x' AS INT), 'no", "Conversion Error"),
    ],
)
def test_sql_of_a_choice_that_cannot_run_is_told_with_its_file(
    user: User, tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    shutil.copytree(FOLDER, tmp_path / "content")
    card = tmp_path / "content" / "cards" / "currencies.sql"
    text = card.read_text()
    assert right in text
    card.write_text(text.replace(right, wrong))
    result = user("provision", "--content", str(tmp_path / "content"))
    assert result.code == 11
    assert result.error.startswith(f"{card} cannot be used: {said}")
    assert "`./finops focus build`" in result.hint
    assert user.site.writes == [("POST", "/api/setup")]


@pytest.mark.parametrize("folder", ["", "not made yet"])
def test_without_data_metabase_gets_its_administrator_alone(
    user: User, tmp_path: Path, folder: str
) -> None:
    user.environment["OPEN_FINOPS_DATA_DIR"] = str(tmp_path / folder)
    checked = user("provision", "--check")
    assert (checked.code, checked.out) == (11, "administrator: set up\n")
    assert user.site.writes == []
    for told in ("administrator: set up\n", ""):
        result = user("provision")
        assert (result.code, result.out) == (9, told)
        assert result.error.startswith("there is no database ")
        assert user.site.instance.users == {EMAIL: PASSWORD}
    assert user.site.writes == [("POST", "/api/setup")]
    assert list(tmp_path.iterdir()) == []


def test_content_that_cannot_be_used_is_told_before_anything_is_asked(
    user: User, tmp_path: Path
) -> None:
    result = user("provision", "--content", str(tmp_path))
    assert result.code == 11
    assert "filters.toml cannot be used" in result.error
    assert user.site.calls == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("url", "metabase:3000"),
        ("url", "http://me:secret@localhost:3000"),
        ("url", "me:secret@localhost:3000"),
        ("url", "http://me:secret@[::1:3000"),
        ("url", "http://localhost:99999"),
        ("url", "http://localhost:3000/?token=1"),
        ("memory_limit", "much"),
        ("database_folder", "serving"),
        ("api_key", "mb_secret–key"),
        ("api_key", "mb_secret\n"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(finops: Finops, name: str, value: str) -> None:
    env = {f"OPEN_FINOPS_METABASE_{name.upper()}": value}
    result = finops("metabase", "provision", env=env)
    assert result.code == 2
    assert result.error.startswith(f"metabase.{name} = ")
    assert "secret" not in result.err
