"""Takes a new firmware into the slot that is not in use, and keeps what came when power fails."""

import hashlib
import os

from firmware_bridge.firmware import slots
from firmware_bridge.link import VERSION

TYPE_CHECKING = False  # MicroPython has no typing
if TYPE_CHECKING:
    from collections.abc import Iterator

FIRMWARE, UPDATE_ANSWER = 0x13, 0x14
BEGIN_UPDATE, UPDATE_CHUNK, COMMIT_UPDATE, KEEP_FIRMWARE = 0x30, 0x31, 0x32, 0x33
WORKS, ON_TRIAL, FELL_BACK = 0, 1, 2
GO_ON, COMPLETE = 0, 1
OLDER_PROTOCOL, TOO_LARGE, WRONG_PLACE, WRONG_SIZE, WRONG_HASH, NOT_NOW = 2, 3, 4, 5, 6, 7

LARGEST = 0x40000  # bytes: three of them fit into the smallest Pico's flash
BLOCK = 2048  # bytes collected before they are written


class Updates:
    """`answers`: messages for the Pi, in order. `restart`: the board is to start again."""

    def __init__(self) -> None:
        self.answers: list[bytes] = []
        self.restart = False
        self._name = ""
        self._size = self._written = 0
        self._digest = self._held = b""
        self._steps: Iterator[None] = iter(())

    def begin_session(self) -> None:
        """The Pi has just come: it is told what runs here."""
        self.answers = [_firmware()]

    def take(self, message: bytes) -> bool:
        """Whether this was a message for an update."""
        code, fields = message[0], message[1:]
        if code == BEGIN_UPDATE and len(fields) == 36:
            self._begin(fields[0], _number(fields[1:4]), fields[4:])
        elif code == UPDATE_CHUNK and len(fields) > 3:
            self._take_chunk(_number(fields[:3]), fields[3:])
        elif code == COMMIT_UPDATE and not fields:
            self._commit()
        elif code == KEEP_FIRMWARE and not fields:
            self._keep()
        else:
            return False
        return True

    def work(self) -> None:
        """Do one short step of what is under way."""
        for _ in self._steps:
            break

    def _begin(self, protocol: int, size: int, digest: bytes) -> None:
        self._name, self._held, self._steps = "", b"", iter(())
        if slots.read()[1] == slots.TRYING or self.restart:
            self._answer(NOT_NOW)
        elif protocol < VERSION:
            self._answer(OLDER_PROTOCOL)
        elif size > LARGEST:
            self._answer(TOO_LARGE)
        else:
            self._size, self._digest = size, digest
            self._name = "update-" + digest[:8].hex()
            self._written = _keep_only(self._name)
            self._answer(GO_ON)

    def _take_chunk(self, offset: int, data: bytes) -> None:
        if not self._name:  # refused already
            return
        came = self._written + len(self._held)
        if offset != came:
            self._refuse(WRONG_PLACE)
        elif came + len(data) > self._size:
            self._refuse(WRONG_SIZE)
        else:
            self._held += data
            if len(self._held) >= BLOCK or came + len(data) == self._size:
                self._write()

    def _write(self) -> None:
        try:
            with open(self._name, "ab") as file:
                file.write(self._held)
        except OSError:  # the flash is full
            self._refuse(TOO_LARGE)
            return
        self._written += len(self._held)
        self._held = b""

    def _commit(self) -> None:
        if not self._name:
            return
        if self._written != self._size:
            self._refuse(WRONG_SIZE)
        else:
            self._steps = self._install()

    def _install(self) -> "Iterator[None]":
        if _sha256(self._name) != self._digest:
            self._refuse(WRONG_HASH)
            return
        good, _ = slots.read()
        spare = slots.other(good)
        yield
        with open(self._name, "rb") as image:
            while True:
                head = image.readline()
                if not head:
                    break
                name, size = head.decode().split()
                _save(spare + "/" + name, image.read(int(size)))
                yield
        slots.write(good, slots.NEW)
        yield
        os.remove(self._name)
        self._name = ""
        self.restart = True
        self._answer(COMPLETE)

    def _keep(self) -> None:
        good, word = slots.read()
        if word == slots.TRYING:
            slots.write(slots.other(good))
        self.answers.append(_firmware())

    def _refuse(self, word: int) -> None:
        """What came of it is of no use."""
        if self._name in os.listdir():
            os.remove(self._name)
        self._name, self._held, self._written = "", b"", 0
        self._answer(word)

    def _answer(self, word: int) -> None:
        self.answers.append(bytes((UPDATE_ANSWER, word)) + self._written.to_bytes(3, "big"))


def _firmware() -> bytes:
    word = slots.read()[1]
    state = {slots.TRYING: ON_TRIAL, slots.FAILED: FELL_BACK}.get(word, WORKS)
    return bytes((FIRMWARE, state)) + _version(slots.running())


def _version(slot: str) -> bytes:
    try:
        with open(slot + "/version", "rb") as file:
            return file.read()
    except OSError:  # copied in part by hand; the Pi will send all of it
        return b"unknown"


def _number(field: bytes) -> int:
    return int.from_bytes(field, "big")


def _keep_only(name: str) -> int:
    """How many bytes of this image came before. Nothing is kept of others."""
    names = os.listdir()
    for each in names:
        if each.startswith("update-") and each != name:
            os.remove(each)
    return os.stat(name)[6] if name in names else 0


def _sha256(name: str) -> bytes:
    made = hashlib.sha256()
    with open(name, "rb") as file:
        while True:
            block = file.read(BLOCK)
            if not block:
                return made.digest()
            made.update(block)


def _save(path: str, data: bytes) -> None:
    folder = ""
    for part in path.split("/")[:-1]:
        folder += part
        try:
            os.mkdir(folder)
        except OSError:  # it is there
            pass
        folder += "/"
    with open(path, "wb") as file:
        file.write(data)
