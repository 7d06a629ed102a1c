"""The provider did not let us in."""

from __future__ import annotations

from core.errors.base import FinopsError


class AccessError(FinopsError):
    exit_code = 5


class CredentialsMissing(AccessError):
    def __init__(self, reason: str, *, provider: str, hint: str) -> None:
        super().__init__(f"no usable {provider} credentials: {reason}", hint=hint)


class AccessDenied(AccessError):
    def __init__(self, where: str, action: str, *, hint: str) -> None:
        super().__init__(f"access to {where} is denied ({action})", hint=hint)


class BucketNotFound(AccessError):
    def __init__(self, where: str) -> None:
        hint = "Check its name, or its path."
        super().__init__(f"{where} does not exist", hint=hint)


class WrongRegion(AccessError):
    def __init__(self, bucket: str, region: str, section: str = "aws") -> None:
        super().__init__(
            f"the bucket {bucket} is in another region" + (f": {region}" if region else ""),
            hint=f'Set region = "{region or "..."}" under [{section}] or AWS_DEFAULT_REGION.',
        )


class Unreachable(AccessError):
    def __init__(self, where: str, reason: str) -> None:
        hint = "Check the network, the proxy, and the endpoint where one is set."
        super().__init__(f"{where} cannot be reached: {reason}", hint=hint)
