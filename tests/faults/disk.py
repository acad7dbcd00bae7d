"""A disk that forgets what was written and not synced, is full, or fails; under the real SQLite.

SQLite's own unix VFS does the work. Of each file of a known folder are noted the bytes that every
write since its last sync has replaced, so that a power cut can take any of them back.
"""

import _sqlite3
import ctypes
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_int, c_int64, c_void_p
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, ClassVar

OK, IO_ERROR, FULL = 0, 10, 13

_Open = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
_Write = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_Truncate = CFUNCTYPE(c_int, c_void_p, c_int64)
_Sync = CFUNCTYPE(c_int, c_void_p, c_int)
_METHODS = ("close", "read", "write", "truncate", "sync")
"""Of SQLite's `sqlite3_io_methods`, in their order, after its version; a dozen more follow."""


class _Methods(ctypes.Structure):
    _fields_: ClassVar[Any] = [
        ("version", c_int),
        ("close", c_void_p),
        ("read", c_void_p),
        ("write", _Write),
        ("truncate", _Truncate),
        ("sync", _Sync),
        ("others", c_void_p * 14),
    ]


class _File(ctypes.Structure):
    _fields_: ClassVar[Any] = [("methods", POINTER(_Methods))]


class _Vfs(ctypes.Structure):
    _fields_: ClassVar[Any] = [
        ("version", c_int),
        ("size_of_file", c_int),
        ("longest_path", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        ("open", _Open),
        ("others", c_void_p * 17),
    ]


@dataclass(slots=True)
class _Undo:
    """What a write replaced; zeros where nothing was."""

    at: int
    before: bytes


@dataclass(slots=True)
class Disk:
    """One machine's folder. `on_write` is called before each write, truncation and sync, and gives
    what SQLite is told: OK, or an error, with which nothing is written."""

    folder: Path
    on_write: Callable[[], int] = lambda: OK
    writes: int = 0
    _unsynced: dict[str, list[_Undo]] = field(default_factory=dict)

    def copy_to(self, other: "Disk") -> None:
        """The other, which is empty, has then the same on it, synced or not."""
        for each in self.folder.iterdir():
            if not each.name.endswith(("-shm", "-lock")):
                shutil.copyfile(each, other.folder / each.name)
        other._unsynced = {name: undos.copy() for name, undos in self._unsynced.items()}

    def lose_power(self, chance: Random) -> None:
        """Of what was not synced, each write may be there or not."""
        for name, undos in self._unsynced.items():
            path = self.folder / name
            share = chance.choice((0.0, 0.5, 1.0))
            if path.exists():
                _take_back(path, [each for each in undos if chance.random() < share])
        self._unsynced.clear()

    def write(self, name: str, file: int, at: int, length: int) -> int:
        """Note what a write to this file, or a truncation (`length` 0), is about to replace."""
        self.writes += 1
        told = self.on_write()
        if told == OK:
            before = os.pread(file, length or os.fstat(file).st_size - at, at).ljust(length, b"\0")
            self._unsynced.setdefault(name, []).append(_Undo(at, before))
        return told

    def sync(self, name: str) -> int:
        """What was written to the file stays."""
        self.writes += 1
        told = self.on_write()
        if told == OK:
            self._unsynced.pop(name, None)
        return told


def _take_back(path: Path, undos: list[_Undo]) -> None:
    with path.open("r+b") as file:
        for each in reversed(undos):
            file.seek(each.at)
            file.write(each.before)


@dataclass(frozen=True, slots=True)
class _Opened:
    """A file of a disk; `number` is a descriptor of our own, to read from."""

    disk: Disk
    name: str
    number: int


class Disks:
    """All folders that are simulated; other files are SQLite's as ever."""

    def __init__(self) -> None:
        self._disks: dict[str, Disk] = {}
        self._opened: dict[int, _Opened] = {}
        self._numbers: list[int] = []
        self._kept: list[object] = []
        self._changed: dict[int, _Methods] = {}
        self._library = ctypes.CDLL(_sqlite3.__file__)
        self._library.sqlite3_vfs_find.restype = POINTER(_Vfs)

    def add(self, folder: Path) -> Disk:
        """A disk, empty or with what a power cut left."""
        folder.mkdir(parents=True, exist_ok=True)
        disk = self._disks[str(folder)] = Disk(folder)
        return disk

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """SQLite opens all its files through these disks."""
        usual = self._library.sqlite3_vfs_find(None)
        ours = _Vfs.from_buffer_copy(usual.contents)
        self._open_as_usual = usual.contents.open
        ours.name, ours.open = b"faults", _Open(self._open)
        self._library.sqlite3_vfs_register(ctypes.byref(ours), 1)
        try:
            yield
        finally:
            self._library.sqlite3_vfs_unregister(ctypes.byref(ours))
            self._library.sqlite3_vfs_register(usual, 1)
            for each in self._numbers:
                os.close(each)

    def _open(self, vfs: int, name: int | None, file: int, flags: int, out: int) -> int:
        told = int(self._open_as_usual(vfs, name, file, flags, out))
        folder, _, base = (ctypes.string_at(name).decode() if name else "").rpartition("/")
        if told == OK and folder in self._disks:
            opened = ctypes.cast(file, POINTER(_File)).contents
            self._numbers.append(os.open(f"{folder}/{base}", os.O_RDONLY))
            self._opened[file] = _Opened(self._disks[folder], base, self._numbers[-1])
            opened.methods = ctypes.pointer(self._methods_for(opened.methods.contents))
        return told

    def _methods_for(self, usual: _Methods) -> _Methods:
        known = ctypes.addressof(usual)
        if known not in self._changed:
            self._changed[known] = self._change(usual)
        return self._changed[known]

    def _change(self, usual: _Methods) -> _Methods:
        methods = _Methods.from_buffer_copy(usual)

        def write(file: int, data: int, length: int, at: int) -> int:
            to = self._opened[file]
            told = to.disk.write(to.name, to.number, at, length)
            return told or int(usual.write(file, data, length, at))

        def truncate(file: int, size: int) -> int:
            to = self._opened[file]
            told = to.disk.write(to.name, to.number, size, 0)
            return told or int(usual.truncate(file, size))

        def sync(file: int, flags: int) -> int:
            return self._opened[file].disk.sync(self._opened[file].name)

        methods.write, methods.truncate, methods.sync = (
            _Write(write),
            _Truncate(truncate),
            _Sync(sync),
        )
        self._kept += [usual, methods]
        return methods
