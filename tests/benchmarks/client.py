"""The least that asks over HTTP: one connection kept open, no library in the way."""

from __future__ import annotations

import socket


class Client:
    """One keep-alive connection to the server."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._host = f"{address[0]}:{address[1]}"
        self._connect()

    def _connect(self) -> None:
        self._socket = socket.create_connection(self._address, timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = b""

    def get(self, path: str) -> bytes:
        """The body, as sent (gzipped where the server does so).

        Servers hang up on who was silent for seconds: then a new connection is made.
        """
        asked = (
            f"GET {path} HTTP/1.1\r\nHost: {self._host}\r\nAccept-Encoding: gzip\r\n\r\n".encode()
        )
        try:
            self._socket.sendall(asked)
            data = self._rest + self._more()
        except (AssertionError, ConnectionError):
            self._socket.close()
            self._connect()
            self._socket.sendall(asked)
            data = self._rest
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").lower().split("\r\n")
        status = int(lines[0].split()[1])
        headers = dict(line.split(": ", 1) for line in lines[1:])
        if status == 204:
            self._rest = body
            return b""
        if status != 200:
            self._socket.close()
            self._connect()  # the refusal's body is nobody's answer
            raise AssertionError(f"{path}: {head.decode('latin-1')}")
        length = int(headers["content-length"])
        parts, size = [body], len(body)
        while size < length:
            parts.append(self._more())
            size += len(parts[-1])
        whole = b"".join(parts)
        self._rest = whole[length:]
        return whole[:length]

    def _more(self) -> bytes:
        data = self._socket.recv(1 << 18)
        assert data, "the server hung up"
        return data

    def close(self) -> None:
        self._socket.close()
