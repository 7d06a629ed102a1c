"""A setting, an option or config.toml is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from core.errors.base import FinopsError


class ConfigError(FinopsError):
    exit_code = 2


class ConfigNotFound(ConfigError):
    def __init__(self, path: Path) -> None:
        hint = "`./finops config init` writes one; leave --config out to use ./config.toml."
        super().__init__(f"there is no config file {path}", hint=hint)


class ConfigExists(ConfigError):
    def __init__(self, path: Path) -> None:
        hint = "Use --force to overwrite it, or --path to write another file."
        super().__init__(f"{path} exists already", hint=hint)


class BadConfigFile(ConfigError):
    def __init__(self, path: Path, reason: str) -> None:
        hint = "Compare it with config.toml.example; text values need double quotes."
        super().__init__(f"{path} cannot be read as TOML: {reason}", hint=hint)


class UnknownSetting(ConfigError):
    def __init__(self, where: str, names: Iterable[str], known: Iterable[str]) -> None:
        names, known = sorted(names), sorted(known)
        near = [match for name in names for match in get_close_matches(name, known, 1, 0.5)]
        hint = f"Did you mean {', '.join(near)}?" if near else f"Known here: {', '.join(known)}."
        super().__init__(f"{where} has no setting {', '.join(names)}", hint=hint)


class BadSetting(ConfigError):
    def __init__(self, name: str, value: object, expected: str, *, hint: str = "") -> None:
        super().__init__(f"{name} = {value!r} is not {expected}", hint=hint or f"Give {expected}.")


class PortInUse(ConfigError):
    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"port {port} of {host} is in use",
            hint="Another program listens there, perhaps these pages already. `./finops serve "
            "--port NUMBER` takes another one, --port 0 any that is free.",
        )


class NothingConfigured(ConfigError):
    def __init__(self, sections: Iterable[str]) -> None:
        super().__init__(
            "the settings name no export to import",
            hint=f"Fill in a section ({', '.join(f'[{name}]' for name in sections)}) of "
            "config.toml: `./finops config init` writes one to start from.",
        )


class MissingSetting(ConfigError):
    def __init__(self, name: str, flag: str | None, env: str) -> None:
        typed = f", with {flag}," if flag else ""
        hint = f"Set it in config.toml{typed} or with the variable {env}."
        super().__init__(f"{name} is not set", hint=hint)
