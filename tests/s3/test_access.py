"""Credentials, regions and refusals: what works works everywhere, what fails is one error."""

from __future__ import annotations

import socket
from decimal import Decimal
from pathlib import Path

import pytest

from tests.fixtures.aws import Bucket
from tests.fixtures.finops import Finops
from tests.integration.test_bad_inputs import assert_one_error
from tests.s3.proxy import Request, s3_error

KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


@pytest.fixture
def options(tmp_path: Path, upload) -> list[str]:
    """An export of one month in parquet, so that DuckDB itself reads the bucket."""
    bucket = Bucket(tmp_path / "mirror", form="parquet")
    bucket.deliver("2026-01", ["1.10", "1.10"])
    return [*upload(bucket), "--no-transform"]


def without_keys(finops: Finops) -> None:
    for name in KEYS:
        del finops.environment[name]


def profile(finops: Finops, text: str) -> dict[str, str]:
    """Write ~/.aws/config and return the variables that choose the profile."""
    path = finops.home / "aws.config"
    path.write_text(f"[profile billing]\n{text}")
    return {"AWS_CONFIG_FILE": str(path), "AWS_PROFILE": "billing"}


def test_a_session_token_is_sent_also_by_duckdb(options, finops, proxy):
    finops.load(*options, env={"AWS_SESSION_TOKEN": "the+token/="})

    assert finops.billed("2026-01") == Decimal("2.20")
    for by_duckdb in (True, False):
        sent = [r for r in proxy.seen if r.by_duckdb is by_duckdb]
        assert sent
        assert {r.headers.get("x-amz-security-token") for r in sent} == {"the+token/="}
        assert all("AKIAUSER" in r.signed_for for r in sent)


def test_keys_of_config_toml_win_over_the_environment(options, finops, proxy):
    path = finops.home / "my.toml"
    path.write_text(
        '[aws]\naccess_key_id = "AKIAFILE"\nsecret_access_key = "s"\n'
        f'session_token = "t"\nregion = "eu-west-3"\nendpoint_url = "{proxy.url}"\n'
    )

    finops.load("-c", str(path), *options, env={"AWS_ENDPOINT_URL": "http://127.0.0.1:9"})

    assert all("AKIAFILE" in r.signed_for for r in proxy.seen)
    assert all("/eu-west-3/" in r.signed_for for r in proxy.seen if not r.by_duckdb)


def test_a_profile_brings_keys_region_and_endpoint(options, finops, proxy):
    without_keys(finops)
    del finops.environment["AWS_ENDPOINT_URL"], finops.environment["AWS_DEFAULT_REGION"]
    chosen = profile(
        finops,
        "aws_access_key_id = AKIAPROFILE\naws_secret_access_key = secret\n"
        f"aws_session_token = profile-token\nregion = eu-central-1\nendpoint_url = {proxy.url}\n",
    )

    finops.load(*options, env=chosen)

    assert finops.billed("2026-01") == Decimal("2.20")
    assert {r.headers.get("x-amz-security-token") for r in proxy.seen} == {"profile-token"}
    assert all("AKIAPROFILE" in r.signed_for for r in proxy.seen)
    assert all("/eu-central-1/s3" in r.signed_for for r in proxy.seen if not r.by_duckdb)


def test_a_role_is_assumed_before_reading(options, finops, proxy):
    path = finops.home / "my.toml"
    role = "arn:aws:iam::000000000001:role/finops"
    path.write_text(f'[aws]\nrole_arn = "{role}"\nexternal_id = "outside"\n')

    finops.load("-c", str(path), *options)

    assert finops.billed("2026-01") == Decimal("2.20")
    assert "AKIAUSER" in proxy.seen[0].signed_for and proxy.seen[0].method == "POST"
    read = [r for r in proxy.seen if r.method != "POST"]
    assert all("AKIAUSER" not in r.signed_for for r in read)
    assert all(r.headers.get("x-amz-security-token") for r in read)


def test_a_role_that_may_not_be_assumed_is_one_error(options, finops, proxy):
    body = b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error>"
    answer = (403, {"Content-Type": "text/xml"}, body + b"</ErrorResponse>")
    proxy.rule = lambda request: answer if request.method == "POST" else None
    path = finops.home / "my.toml"
    path.write_text('[aws]\nrole_arn = "arn:aws:iam::000000000001:role/finops"\n')

    result = finops("aws", "import-cur", "-c", str(path), *options)

    assert_one_error(result, 5, ("denied", "sts:AssumeRole"))


def test_no_credentials_are_one_error(options, finops):
    without_keys(finops)

    assert_one_error(finops("aws", "import-cur", *options), 5, ("no usable AWS credentials",))


def test_half_a_pair_of_keys_is_one_error(options, finops):
    del finops.environment["AWS_SECRET_ACCESS_KEY"]

    assert_one_error(finops("aws", "import-cur", *options), 5, ("no usable AWS credentials",))


def test_an_unknown_profile_is_one_error(options, finops):
    result = finops("aws", "import-cur", *options, env={"AWS_PROFILE": "nobody"})

    assert_one_error(result, 5, ("credentials", "nobody"))


@pytest.mark.parametrize(
    "code", ["InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken"]
)
def test_wrong_credentials_are_one_error(code, options, finops, proxy):
    proxy.rule = lambda request: s3_error(403, code)

    result = finops("aws", "import-cur", *options)

    assert_one_error(result, 5, ("no usable AWS credentials", code))
    assert "AKIAUSER" not in result.err


@pytest.mark.parametrize("form", ["csv.gz", "parquet"])
@pytest.mark.parametrize("what", ["list", "manifest", "data"])
def test_a_missing_permission_is_one_error(what, form, tmp_path, upload, finops, proxy):
    def rule(request: Request):
        kind = "list" if "list-type" in request.path else "data"
        kind = "manifest" if "Manifest.json" in request.path else kind
        known = kind == what and "bucket-" in request.path and request.path.count("/") > 1
        return s3_error(403, "AccessDenied") if known or kind == what == "list" else None

    bucket = Bucket(tmp_path / "mirror", form=form)
    bucket.deliver("2026-01", ["1.10"])
    options = upload(bucket)
    proxy.rule = rule

    result = finops("aws", "import-cur", *options, "--no-transform")

    action = "s3:ListBucket" if what == "list" else "s3:GetObject"
    assert_one_error(result, 5, ("denied", action, "s3://"))
    assert "docs/vendors/aws.md" in result.hint
    assert not finops.database.exists()


def test_permission_to_ask_but_not_to_read_is_one_error(options, finops, proxy):
    """HEAD is allowed and GET is not: DuckDB is the one that is refused."""
    proxy.rule = lambda r: s3_error(403, "AccessDenied") if r.by_duckdb else None

    result = finops("aws", "import-cur", *options)

    assert_one_error(result, 5, ("denied", "s3:GetObject", "cur-00001.snappy.parquet"))


def test_a_missing_bucket_is_one_error(finops, proxy):
    result = finops("aws", "import-cur", "-b", "no-such-bucket", "-n", "cur")

    assert_one_error(result, 5, ("the bucket no-such-bucket does not exist",))


def test_a_name_that_no_bucket_can_have_is_one_error(finops):
    result = finops("aws", "import-cur", "-b", "my bucket!", "-n", "cur")

    assert_one_error(result, 2, ("aws.bucket", "my bucket!"))


def test_a_missing_object_is_one_error(options, finops, s3):
    for found in s3.list_objects_v2(Bucket=options[1])["Contents"]:
        if found["Key"].endswith(".parquet"):
            s3.delete_object(Bucket=options[1], Key=found["Key"])

    result = finops("aws", "import-cur", *options)

    assert_one_error(result, 3, ("does not exist", "cur-00001.snappy.parquet"))


def in_frankfurt(request: Request):
    """Answer as S3 does for a bucket in eu-central-1 that is asked for in another region."""
    if "/eu-central-1/" in request.signed_for:
        return None
    return s3_error(
        400 if request.method == "GET" else 301,
        "AuthorizationHeaderMalformed",
        "the region 'us-east-1' is wrong; expecting 'eu-central-1'",
        x_amz_bucket_region="eu-central-1",
    )


def test_a_bucket_in_another_region_is_found_or_named(options, finops, proxy):
    """Either it is read all the same, or the error names the region to set."""
    proxy.rule = in_frankfurt

    result = finops("aws", "import-cur", *options)

    if result.code:
        assert_one_error(result, 5, ("another region", "eu-central-1"))
        assert 'region = "eu-central-1"' in result.hint
        result = finops("aws", "import-cur", *options, env={"AWS_DEFAULT_REGION": "eu-central-1"})
    assert result.code == 0, result.err
    assert finops.billed("2026-01") == Decimal("2.20")


def test_an_endpoint_that_nobody_answers_is_one_error(options, finops):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"

    result = finops("aws", "import-cur", *options, env={"AWS_ENDPOINT_URL": url})

    assert_one_error(result, 5, ("cannot be reached", url.removeprefix("http://")))


def test_an_endpoint_that_is_no_address_is_one_error(options, finops):
    result = finops("aws", "import-cur", *options, env={"OPEN_FINOPS_AWS_ENDPOINT_URL": "oops"})

    assert_one_error(result, 2, ("endpoint_url", "oops"))


def test_a_hiccup_of_the_server_is_survived(options, finops, proxy):
    """Each address fails once with 503, also for DuckDB."""
    failed: set[tuple[str, str]] = set()

    def once(request: Request):
        known = (request.method, request.path)
        if known in failed:
            return None
        failed.add(known)
        return s3_error(503, "SlowDown", "reduce your request rate")

    proxy.rule = once

    finops.load(*options[:-1])

    assert finops.billed("2026-01") == Decimal("2.20")
    assert any(request.by_duckdb for request in proxy.seen)


def test_a_server_that_only_fails_is_one_error(options, finops, proxy):
    proxy.rule = lambda request: s3_error(500, "InternalError", "sorry")

    assert_one_error(finops("aws", "import-cur", *options), 5, ("cannot be reached", "sorry"))


def test_the_doctor_says_whether_the_bucket_can_be_read(options, finops, proxy):
    path = finops.home / "config.toml"
    path.write_text(f'[aws]\nbucket = "{options[1]}"\nprefix = "exports"\nexport_name = "cur"\n')
    healthy = finops("doctor", "-c", str(path))
    proxy.rule = lambda request: s3_error(403, "AccessDenied")
    refused = finops("doctor", "-c", str(path))

    assert healthy.code == 0, healthy.out + healthy.err
    assert refused.code != 0
    assert "denied" in refused.out + refused.err
