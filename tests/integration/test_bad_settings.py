"""Every wrong setting, flag or variable is one error with a hint and exit code 2."""

from dataclasses import dataclass, field

import pytest

from tests.fixtures.aws import Bucket
from tests.fixtures.finops import Finops
from tests.integration.test_bad_inputs import assert_one_error

AWS = '[aws]\nbucket = "{bucket}"\nprefix = "exports"\nexport_name = "cur"\n'


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One wrong setting: a config.toml, flags or variables."""

    name: str
    words: tuple[str, ...]
    toml: str = AWS
    flags: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)


SETTINGS = [
    Setting(name="a key is unknown", words=("[aws]", "bukcet"), toml='[aws]\nbukcet = "x"\n'),
    Setting(name="a section is unknown", words=("awss",), toml='[awss]\nbucket = "x"\n'),
    Setting(name="a key stands outside any section", words=("bucket",), toml='bucket = "x"\n'),
    Setting(
        name="a key of an export is unknown",
        words=("aws.exports", "exprt_name"),
        toml=AWS + '[[aws.exports]]\nexprt_name = "x"\n',
    ),
    Setting(name="config.toml is not TOML", words=("TOML", "line 2"), toml="[aws]\nbucket = x\n"),
    Setting(name="config.toml is not UTF-8", words=("TOML",), toml="[aws]\n# \udcff\n"),
    Setting(
        name="a number stands where a text belongs",
        words=("aws.bucket", "5"),
        toml="[aws]\nbucket = 5\n",
    ),
    Setting(
        name="a value is none of its choices",
        words=("table_strategy", "one of separate, single"),
        toml=AWS + 'table_strategy = "double"\n',
    ),
    Setting(
        name="the backend is another",
        words=("database.backend", "duckdb"),
        toml=AWS + '[database]\nbackend = "oracle"\n',
    ),
    Setting(
        name="a variable is no number",
        words=("threads", "many"),
        env={"OPEN_FINOPS_DATABASE_DUCKDB_THREADS": "many"},
    ),
    Setting(
        name="a variable is neither true nor false",
        words=("reset", "maybe"),
        env={"OPEN_FINOPS_AWS_RESET": "maybe"},
    ),
    Setting(
        name="the memory limit is no size",
        words=("memory_limit", "lots"),
        env={"OPEN_FINOPS_DATABASE_DUCKDB_MEMORY_LIMIT": "lots"},
    ),
    Setting(name="a month is no month", words=("2026-13", "a month"), flags=("-s", "2026-13")),
    Setting(name="a month lacks its zero", words=("2026-1",), flags=("-s", "2026-1")),
    Setting(name="a month has a day", words=("2026-01-01",), flags=("-e", "2026-01-01")),
    Setting(name="a month is in other digits", words=("a month",), flags=("-s", "٢٠٢٦-٠١")),
    Setting(
        name="the end lies before the start",
        words=("start_date", "2026-02", "2026-01"),
        flags=("-s", "2026-02", "-e", "2026-01"),
    ),
    Setting(name="no bucket is set", words=("aws.bucket is not set",), toml="[aws]\n"),
    Setting(
        name="no export name is set",
        words=("aws.export_name is not set",),
        toml='[aws]\nbucket = "{bucket}"\n',
    ),
    Setting(
        name="the raw schema is no plain name",
        words=("dataset_name",),
        toml=AWS + 'dataset_name = "a b; drop"\n',
    ),
    Setting(
        name="the data folder's name has a percent or question mark",
        words=("data_dir", "without % and ?"),
        env={"OPEN_FINOPS_DATA_DIR": "/tmp/100%"},
    ),
]


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_a_wrong_setting_is_one_error(setting: Setting, bucket: Bucket, finops: Finops):
    bucket.deliver("2026-01", ["1.10"])
    path = finops.home / "my.toml"
    text = setting.toml.replace("{bucket}", str(bucket.root))
    path.write_bytes(text.encode("utf-8", "surrogateescape"))

    result = finops(
        "aws", "import-cur", "-c", str(path), "--no-transform", *setting.flags, env=setting.env
    )

    assert_one_error(result, 2, setting.words)
    assert not finops.database.exists()


def test_the_nearest_known_key_is_named(finops: Finops):
    path = finops.home / "my.toml"
    path.write_text('[aws]\nexport_nam = "x"\n')
    assert "export_name" in finops("aws", "import-cur", "-c", str(path)).hint


@pytest.mark.parametrize("place", ["before", "after"])
def test_a_missing_config_file_is_one_error(place: str, finops: Finops):
    option = ("-c", "nowhere.toml")
    command = ("aws", "import-cur")
    arguments = (*option, *command) if place == "before" else (*command, *option)

    assert_one_error(finops(*arguments), 2, ("no config file", "nowhere.toml"))


@pytest.mark.parametrize(
    "arguments",
    [("aws", "import-cur", "--cur-version", "v3"), ("aws", "import-cur", "--oops"), ("oops",)],
)
def test_what_the_command_line_does_not_know_is_a_usage_error(arguments, finops: Finops):
    result = finops(*arguments)

    assert result.code == 2
    assert "Error:" in result.err and "Traceback" not in result.err
