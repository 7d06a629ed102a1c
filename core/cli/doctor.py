"""`finops doctor`: is everything in place for a run."""

from __future__ import annotations

import os
from dataclasses import asdict

import click

from core.cli.options import config_option, demo_option, json_option, print_json, resolve

COLORS = {"ok": "green", "warn": "yellow", "fail": "red"}


@click.command()
@demo_option
@config_option
@json_option
@click.pass_context
def doctor(ctx: click.Context, /, demo: bool | None, config_path: str | None, as_json: bool) -> int:
    """Check settings, exports, database and machine before they matter.

    Looks at the versions, config.toml and the OPEN_FINOPS_ variables; whether each configured
    export can be reached and has manifests, and with whose credentials (never the keys
    themselves); whether the database opens, is being written, and has room on the disk. Changes
    nothing. The exit code is 0, or that of the first failure.

    \b
    Examples:
      ./finops doctor
      ./finops doctor --json | jq '.[] | select(.state != "ok")'
    """
    from core.doctor import Finding, examine

    findings: list[Finding] = []
    for finding in examine(lambda: resolve(ctx, config_path, demo=demo), os.environ):
        findings.append(finding)
        if not as_json:
            state = click.style(f"{finding.state:<4}", fg=COLORS[finding.state], bold=True)
            click.echo(f"{state}  {finding.what}: {finding.detail}")
            if finding.hint:
                click.echo(f"      {finding.hint}")
    if as_json:
        print_json([asdict(finding) for finding in findings])
    return next((finding.exit_code for finding in findings if finding.exit_code), 0)
