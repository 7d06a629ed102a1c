"""What follows a run: programs outside core that show its data, called by name.

Each is a function that takes the configuration and returns one line to tell, or ''; it catches its
own errors, as the run has succeeded by then. core imports none of them by itself.
"""

from __future__ import annotations

import importlib

import click

from core.config import Config

FOLLOWERS = {"metabase": "metabase.follow:follow"}
"""By the section of config.toml whose setting `follow` turns it on."""


def follow(config: Config) -> None:
    """Call those that are turned on; their lines go to standard error."""
    for section, place in FOLLOWERS.items():
        if getattr(config, section).follow:
            module, function = place.split(":")
            if line := getattr(importlib.import_module(module), function)(config):
                click.echo(line, err=True)
