from __future__ import annotations

import socket

import pytest

from tests.conftest import UnplannedConnectionError


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "example.invalid"])
def test_a_connection_to_another_machine_fails_at_once(host: str) -> None:
    with pytest.raises(UnplannedConnectionError, match=host):
        socket.create_connection((host, 80), timeout=1)


def test_a_connection_to_this_machine_is_let_through() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass
