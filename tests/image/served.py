"""An address in the network of an emulated computer: what stands behind it is a file of this one.

QEMU starts this for each connection to the address, and gives it the bytes over its standard input
and output: `python served.py FILE`. It answers one range after the other, as RAUC asks for them.
"""

import os
import re
import sys
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler
from io import BufferedIOBase
from pathlib import Path

HOST = "10.0.2.100"


def with_file(file: Path) -> tuple[Sequence[str], str]:
    """A network that leads nowhere else, and the file's address in it."""
    command = f"{sys.executable} {__file__} {file}"
    nic = f"user,model=virtio-net-pci,restrict=on,guestfwd=tcp:{HOST}:80-cmd:{command}"
    return ("-nic", nic), f"http://{HOST}/{file.name}"


class Ranges(BaseHTTPRequestHandler):
    """Of the one file, whatever the path."""

    protocol_version = "HTTP/1.1"
    file: Path

    def __init__(self, reading: BufferedIOBase, writing: BufferedIOBase) -> None:
        self.rfile, self.wfile = reading, writing
        self.client_address, self.close_connection = (HOST, 0), False
        while not self.close_connection:
            self.handle_one_request()

    def do_GET(self) -> None:
        size = self.file.stat().st_size
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        begin, end = (int(asked[1]), int(asked[2] or size - 1)) if asked else (0, size - 1)
        self.send_response(206 if asked else 200)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(end + 1 - begin))
        if asked:
            self.send_header("Content-Range", f"bytes {begin}-{end}/{size}")
        self.end_headers()
        with self.file.open("rb") as file:
            file.seek(begin)
            self.wfile.write(file.read(end + 1 - begin))
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    Ranges.file = Path(sys.argv[1])
    with os.fdopen(0, "rb") as reading, os.fdopen(1, "wb") as writing:
        Ranges(reading, writing)
