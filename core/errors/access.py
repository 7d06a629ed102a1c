"""The provider did not let us in."""

from __future__ import annotations

from core.errors.base import FinopsError


class AccessError(FinopsError):
    exit_code = 5


class CredentialsMissing(AccessError):
    def __init__(self, reason: str, *, provider: str = "AWS", hint: str = "") -> None:
        aws = "Set AWS_PROFILE or the AWS_* variables, sign in with `aws sso login`, or set keys."
        super().__init__(f"no usable {provider} credentials: {reason}", hint=hint or aws)


class AccessDenied(AccessError):
    def __init__(self, where: str, action: str, *, hint: str = "") -> None:
        s3 = "The role needs s3:ListBucket and s3:GetObject; docs/vendors/aws.md has the policy."
        local = "Give the user that runs finops the right to read it (chmod, chown)."
        hint = hint or (s3 if where.startswith("s3://") else local)
        super().__init__(f"access to {where} is denied ({action})", hint=hint)


class BucketNotFound(AccessError):
    def __init__(self, where: str) -> None:
        hint = "Check the name of the bucket or the path of the folder."
        super().__init__(f"{where} does not exist", hint=hint)


class WrongRegion(AccessError):
    def __init__(self, bucket: str, region: str, section: str = "aws") -> None:
        super().__init__(
            f"the bucket {bucket} is in another region" + (f": {region}" if region else ""),
            hint=f'Set region = "{region or "..."}" under [{section}] or AWS_DEFAULT_REGION.',
        )


class Unreachable(AccessError):
    def __init__(self, where: str, reason: str) -> None:
        hint = "Check the network, the proxy and the endpoint (endpoint_url, AWS_ENDPOINT_URL)."
        super().__init__(f"{where} cannot be reached: {reason}", hint=hint)
