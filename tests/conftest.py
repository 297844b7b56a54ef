"""For all tests: properties are tried the same way on every machine, and nothing reaches beyond this one."""

from __future__ import annotations

import sys
from ipaddress import ip_address
from typing import Any

from hypothesis import Phase, settings

settings.register_profile("naru", max_examples=45, deadline=None, derandomize=True, database=None)
# For tests/breaks: that a test goes red is all that is asked there, not by which smallest example.
settings.register_profile(
    "breaks", settings.get_profile("naru"), max_examples=100, phases=(Phase.explicit, Phase.reuse, Phase.generate)
)
settings.load_profile("naru")


class UnplannedConnectionError(Exception):
    """A test reached for another machine."""


def _stay_here(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if host is not None and not _is_local(host.decode() if isinstance(host, bytes) else str(host)):
        raise UnplannedConnectionError(f"A test reached for {host}: tests talk to loopback and sockets only.")


def _is_local(host: str) -> bool:
    if host in ("", "localhost"):
        return True
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


# An audit hook and no patch: it also sees the connections of libraries that bring their own socket code.
sys.addaudithook(_stay_here)
