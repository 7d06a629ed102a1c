"""Ports of this machine: whether those that services are to listen at are free."""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Mapping

from core.errors import PortTaken
from deploy.own import PUBLISHED, services_of
from deploy.stack import Stack

PAUSE = 0.2
TRIES = 5
"""So many looks at a port: that of a container which has just ended is let go a moment later."""


def check_free(stack: Stack, settings: Mapping[str, str]) -> None:
    """Look for each port that a start publishes, whether it is free or this stack's own already.

    Args:
        stack: Whose containers may listen there.
        settings: What .env says, or is to say.

    Raises:
        PortTaken: If another program listens at one.
    """
    for service, name in PUBLISHED.items():
        if service in services_of(settings) and is_taken(stack, settings[name]):
            raise PortTaken(settings[name], service, name, stack.place.env_file)


def is_taken(stack: Stack, port: str) -> bool:
    """Whether a port is in use for a second, and not by a container of this stack."""
    for number in range(TRIES):
        if number:
            time.sleep(PAUSE)
        if is_free(int(port)) or port in own_ports(stack):
            return False
    return True


def is_free(port: int) -> bool:
    """Whether a program could listen at a port of 127.0.0.1; what else is wrong, its engine says.

    What a connection that has ended leaves behind for a minute (TIME_WAIT) is in nobody's way.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind(("127.0.0.1", port))
        except OSError as error:
            return error.errno != errno.EADDRINUSE
    return True


def own_ports(stack: Stack) -> set[str]:
    """Return the ports of all containers that run here, also where .env leaves one out by now."""
    found = (stack.container(about, ()) for about in stack.tools.inspect(*stack.listed()))
    return {
        address.rpartition(":")[2]
        for one in found
        if one.state == "running"
        for address in one.ports
    }
