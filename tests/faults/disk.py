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

    def after_a_power_cut(self, folder: Path, chance: Random) -> None:
        """Copy to `folder` what is left when the power goes now: of what was not synced, each write
        may be there or not."""
        left_out = shutil.ignore_patterns("*-shm", "*-lock")
        shutil.copytree(self.folder, folder, ignore=left_out, dirs_exist_ok=True)
        for name, undos in self._unsynced.items():
            path = folder / name
            share = chance.choice((0.0, 0.5, 1.0))
            if path.exists():
                _take_back(path, [each for each in undos if chance.random() < share])

    def write(self, path: str, at: int, length: int) -> int:
        """Note what a write, or a truncation (`length` 0), is about to replace."""
        self.writes += 1
        told = self.on_write()
        if told == OK:
            self._note(path, at, length)
        return told

    def sync(self, path: str) -> int:
        """What was written to the file stays."""
        self.writes += 1
        told = self.on_write()
        if told == OK:
            self._unsynced.pop(Path(path).name, None)
        return told

    def _note(self, path: str, at: int, length: int) -> None:
        with Path(path).open("rb") as file:
            rest = max(0, os.fstat(file.fileno()).st_size - at)
            before = os.pread(file.fileno(), length or rest, at).ljust(length, b"\0")
        self._unsynced.setdefault(Path(path).name, []).append(_Undo(at, before))


def _take_back(path: Path, undos: list[_Undo]) -> None:
    with path.open("r+b") as file:
        for each in reversed(undos):
            file.seek(each.at)
            file.write(each.before)


class Disks:
    """All folders that are simulated; other files are SQLite's as ever."""

    def __init__(self) -> None:
        self._disks: dict[str, Disk] = {}
        self._paths: dict[int, str] = {}
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

    def _open(self, vfs: int, name: int | None, file: int, flags: int, out: int) -> int:
        told = int(self._open_as_usual(vfs, name, file, flags, out))
        path = ctypes.string_at(name).decode() if name else ""
        if told == OK and str(Path(path).parent) in self._disks:
            opened = ctypes.cast(file, POINTER(_File)).contents
            self._paths[file] = path
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
            told = self._disk(file).write(self._paths[file], at, length)
            return told or int(usual.write(file, data, length, at))

        def truncate(file: int, size: int) -> int:
            told = self._disk(file).write(self._paths[file], size, 0)
            return told or int(usual.truncate(file, size))

        def sync(file: int, flags: int) -> int:
            return self._disk(file).sync(self._paths[file])

        methods.write, methods.truncate, methods.sync = (
            _Write(write),
            _Truncate(truncate),
            _Sync(sync),
        )
        self._kept += [usual, methods]
        return methods

    def _disk(self, file: int) -> Disk:
        return self._disks[str(Path(self._paths[file]).parent)]
