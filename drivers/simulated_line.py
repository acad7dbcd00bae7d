"""Ports of simulated devices: a pseudo-terminal under a name of our choice, or a TCP port."""

import os
import socket
import tty
from contextlib import suppress
from pathlib import Path


class SimulatedLine:
    """`port` is the name to open; unplugged, the name is gone and the line hung up."""

    def __init__(self, port: Path) -> None:
        self._port = port
        self._ends: tuple[int, int] | None = None

    @property
    def descriptor(self) -> int | None:
        """The device's own end; None while unplugged."""
        return self._ends[0] if self._ends else None

    def plug(self) -> None:
        if self._ends:
            return
        # The device keeps the computer's end open too: a line without a listener is not an error.
        device, computer = os.openpty()
        tty.setraw(computer)
        os.set_blocking(device, False)
        self._ends = device, computer
        fresh = self._port.with_name(f".{self._port.name}.new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(computer))
        fresh.replace(self._port)

    def unplug(self) -> None:
        if not self._ends:
            return
        self._port.unlink(missing_ok=True)
        for end in self._ends:
            os.close(end)
        self._ends = None

    def read(self, most: int = 4096) -> bytes:
        """What the computer sent since; empty when nothing."""
        try:
            return os.read(self._ends[0], most) if self._ends else b""
        except BlockingIOError:
            return b""

    def write(self, data: bytes) -> None:
        """To the computer; what it does not take in time is lost, as on a real wire."""
        try:
            if self._ends:
                os.write(self._ends[0], data)
        except BlockingIOError:
            return


class SimulatedSocket:
    """The same on a TCP port of this machine, for one computer at a time."""

    def __init__(self, tcp_port: int) -> None:
        self._tcp_port = tcp_port
        self._server: socket.socket | None = None
        self._peer: socket.socket | None = None

    @property
    def descriptor(self) -> int | None:
        """Has something to read, or somebody who wants to connect; None while unplugged."""
        end = self._peer or self._server
        return end.fileno() if end else None

    def plug(self) -> None:
        if not self._server:
            self._server = socket.create_server(("127.0.0.1", self._tcp_port))
            self._server.setblocking(False)

    def unplug(self) -> None:
        for end in (self._peer, self._server):
            if end:
                end.close()
        self._peer = self._server = None

    def read(self, most: int = 4096) -> bytes:
        """What the computer sent since; empty when nothing."""
        with suppress(BlockingIOError):
            if self._peer:
                return self._received(self._peer, most)
            if self._server:
                self._peer, _ = self._server.accept()
                self._peer.setblocking(False)
        return b""

    def write(self, data: bytes) -> None:
        """To the computer; what it does not take in time is lost."""
        if self._peer:
            with suppress(OSError):
                self._peer.send(data)

    def _received(self, peer: socket.socket, most: int) -> bytes:
        try:
            data = peer.recv(most)
        except ConnectionError:
            data = b""
        if not data:
            peer.close()
            self._peer = None
        return data
