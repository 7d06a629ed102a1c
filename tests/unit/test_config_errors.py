"""A wrong setting is one error that names it, and what was probably meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.config import load_config
from core.errors import BadConfigFile, BadSetting, ConfigError, ConfigNotFound, UnknownSetting
from core.storage.open import open_store

SECRET = "canary-7f3a"


def load(tmp_path: Path, text: str, **env: str):
    path = tmp_path / "config.toml"
    path.write_text(text)
    return load_config(path, env=env)


@pytest.mark.parametrize(
    ("text", "problem", "hint"),
    [
        ("[aws]\nbuket = 'x'", "[aws] has no setting buket", "Did you mean bucket?"),
        ("[awz]\n", "has no setting awz", "Did you mean aws?"),
        ("[database.duckdbb]\n", "has no setting database.duckdbb", "database.duckdb?"),
        ("[project]\ndatadir = 'x'", "[project] has no setting datadir", "data_dir?"),
        ("[database.duckdb]\nmemory = 'x'", "has no setting memory", "memory_limit?"),
        ("bucket = 'x'", "outside any [section] has no setting bucket", "aws.bucket?"),
        ("[project]\nzzz = 1", "has no setting zzz", "Known here: data_dir, name."),
        ("[[aws.exports]]\nbuket = 'x'", "[[aws.exports]] has no setting buket", "bucket?"),
        ("[[aws.exports]]\nexports = 'x'", "[[aws.exports]] has no setting exports", "export_"),
    ],
)
def test_an_unknown_setting_names_the_nearest(text, problem, hint, tmp_path):
    with pytest.raises(UnknownSetting) as caught:
        load(tmp_path, text)
    assert problem in str(caught.value)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[database.duckdb]\nthreads = 'two'", "threads = 'two' is not a whole number"),
        ("[database.duckdb]\nthreads = 2.5", "threads = 2.5 is not a whole number"),
        ("[database.duckdb]\nthreads = true", "threads = True is not a whole number"),
        ("[database.duckdb]\nthreads = '--1'", "threads = '--1' is not a whole number"),
        ("[database.duckdb]\nthreads = -1", "threads = -1 is not 0 or more"),
        ("[database.duckdb]\nmemory_limit = '80%'", "memory_limit = '80%' is not a size"),
        ("[database.duckdb]\nmemory_limit = 2", "memory_limit = 2 is not a text"),
        ("[database]\nbackend = 'oracle'", "backend = 'oracle' is not one of duckdb"),
        ("[transformations]\nenabled = 'maybe'", "enabled = 'maybe' is not true or false"),
        ("[transformations]\nenabled = 1", "enabled = 1 is not true or false"),
        ("[project]\ndata_dir = 5", "data_dir = 5 is not a path"),
        ("[project]\ndata_dir = ''", "data_dir = '' is not a path"),
        ("[aws]\nbucket = 5", "aws.bucket = 5 is not a text"),
        ("[aws]\ntable_strategy = 'both'", "is not one of separate, single"),
        ("[aws]\ntag_keys = [1]", "tag_keys = [1] is not a list of texts"),
        ("[aws]\nexports = 'x'", "exports = 'x' is not a list of tables"),
        ("[aws]\nexports = ['x']", "exports = ['x'] is not a list of tables"),
        ("[[aws.exports]]\nreset = 'x'", "aws.exports.reset = 'x' is not true or false"),
        ("[[aws.exports]]\nname = 5", "aws.exports.name = 5 is not a text"),
    ],
)
def test_a_value_of_the_wrong_kind_names_setting_value_and_kind(text, problem, tmp_path):
    with pytest.raises(BadSetting) as caught:
        load(tmp_path, text)
    assert problem in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("variable", ["THREADS", "MEMORY_LIMIT"])
def test_a_wrong_variable_is_the_same_error(variable, tmp_path):
    with pytest.raises(BadSetting, match="database.duckdb"):
        load(tmp_path, "", **{f"OPEN_FINOPS_DATABASE_DUCKDB_{variable}": "x"})


def test_broken_toml_names_file_and_line(tmp_path):
    with pytest.raises(BadConfigFile, match=r"config\.toml cannot be read as TOML: .*line 2"):
        load(tmp_path, f"[aws]\nsecret_access_key = {SECRET}\n")


def test_a_file_in_another_encoding_is_an_error(tmp_path):
    path = tmp_path / "config.toml"
    path.write_bytes(b"[project]\nname = '\xe9'\n")
    with pytest.raises(BadConfigFile):
        load_config(path, env={})


def test_a_named_file_must_exist(tmp_path):
    with pytest.raises(ConfigNotFound, match=r"nowhere\.toml"):
        load_config(tmp_path / "nowhere.toml", env={})


@pytest.mark.parametrize(
    "text",
    [
        f"[aws]\nsecret_access_key = ['{SECRET}']",
        f"[aws]\nsecret_access_key = {{ key = '{SECRET}' }}",
        f"[[aws.exports]]\nsession_token = ['{SECRET}']",
        f"[[aws.exports]]\nsecret_acess_key = '{SECRET}'",
        f"[aws]\nsecret_acess_key = '{SECRET}'",
    ],
)
def test_no_error_tells_a_secret(text, tmp_path):
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    assert SECRET not in f"{caught.value!r} {caught.value} {caught.value.hint}"


def test_no_repr_tells_a_secret(tmp_path):
    config = load(
        tmp_path,
        f"[[aws.exports]]\nname = 'second'\nsecret_access_key = '{SECRET}'\n",
        OPEN_FINOPS_AWS_SECRET_ACCESS_KEY=SECRET,
        OPEN_FINOPS_AWS_SESSION_TOKEN=SECRET,
        OPEN_FINOPS_AWS_ACCESS_KEY_ID=SECRET,
        OPEN_FINOPS_AWS_EXTERNAL_ID=SECRET,
    )
    assert config.vendors["aws"].secret_access_key == SECRET
    assert SECRET not in repr(config)


@pytest.mark.parametrize(
    "url", ["s3://[bills", "file://[a/b", "https://[a/x?sig=secret", "ftp://host/x"]
)
def test_a_source_that_no_store_has_is_one_error(url):
    with pytest.raises(BadSetting, match="is not a path, or a URL of one of") as caught:
        open_store(url, setting="aws.bucket")
    assert "secret" not in str(caught.value)
