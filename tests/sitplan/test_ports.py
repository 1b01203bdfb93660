"""Doors of this machine."""

from __future__ import annotations

import os
import socket

from sitplan import ports


def test_a_taken_port_is_seen_named_and_passed_over() -> None:
    with socket.socket() as door:
        door.bind(("127.0.0.1", ports.free_port(ports.PORTS[7])))
        taken = door.getsockname()[1]
        door.listen()
        assert not ports.is_free(taken)
        assert not ports.is_free(taken, host="0.0.0.0")
        assert ports.free_port(taken) != taken
        assert ports.who_listens(taken).endswith(f"({os.getpid()})")
    assert ports.is_free(taken)
    assert ports.who_listens(taken) is None
