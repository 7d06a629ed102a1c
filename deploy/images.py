"""The images that are built here: what their names mean, before and after an upgrade.

The names for what an upgrade keeps hold the stack's project, so that two stacks with one name for
their images do not take each other's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from core.errors import DigestPinned
from deploy.own import BUILT
from deploy.stack import Stack

FORMER = "localhost/open-finops-rollback"
REFUSED = "localhost/open-finops-refused"


def kept(stack: Stack, service: str) -> str:
    """Return the name under which an upgrade keeps the image that ran before."""
    return f"{FORMER}/{service}:{project(stack)}"


def refused(stack: Stack, service: str) -> str:
    """Return the name under which an upgrade that goes back keeps the new image."""
    return f"{REFUSED}/{service}:{project(stack)}"


def project(stack: Stack) -> str:
    return stack.place.settings()["COMPOSE_PROJECT_NAME"]


def image_id(stack: Stack, service: str) -> str | None:
    """Return the id of the image that a service's name in .env means; None where it is not here."""
    name = stack.place.settings()[BUILT[service]]
    looked = stack.tools.run("image", "inspect", name, check=False)
    return str(json.loads(looked.stdout)[0]["Id"]) if looked.returncode == 0 else None


def differ(stack: Stack, images: Mapping[str, str]) -> list[str]:
    """Return the services whose name in .env means another image than this, or none."""
    return [service for service, image in images.items()
            if bare(image_id(stack, service) or "") != bare(image)]  # fmt: skip


def bare(image: str) -> str:
    """Return an image's id as all engines write it."""
    return image.removeprefix("sha256:")


def retag(stack: Stack, images: Mapping[str, str]) -> None:
    """Let the names that .env gives the images mean these again."""
    settings = stack.place.settings()
    for service, image in images.items():
        stack.tools.run("tag", image, settings[BUILT[service]])


def refuse(stack: Stack, images: Mapping[str, str]) -> list[str]:
    """Give the names in .env back to these images; return the names of those that had them."""
    aside = []
    for service in differ(stack, images):
        if new := image_id(stack, service):
            stack.tools.run("tag", new, refused(stack, service))
            aside.append(refused(stack, service))
    retag(stack, images)
    return aside


def check_names(stack: Stack) -> None:
    """Raise DigestPinned where a name in .env is that of one image for ever."""
    settings = stack.place.settings()
    for service in stack.services():
        setting = BUILT.get(service, "")
        if "@" in settings.get(setting, ""):
            raise DigestPinned(stack.place.env_file, setting)
