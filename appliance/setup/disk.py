"""What setup reads and writes: all of it or nothing, and again as often as the power is cut."""

import grp
import hashlib
import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from pydantic import TypeAdapter

from appliance.card import find_card
from appliance.files import CABLE_FILE, CLOCK, SSH_KEYS, SUPPLICANT, WIFI_FILE, File
from appliance.setup.model import Kept

BOOT = Path("/boot/firmware")
UNIT = Path("/data/unit")
JOINED, APPLIED, BEFORE, RESULT = (UNIT / n for n in ("joined", "card.sha256", "before", "result"))
SIGNER = Path("/etc/rauc/trusted")
WRONG = Path("/run/rinda/card-file-wrong")
"""There while the unit does not go by its card: the unit's agent tells it as a fault."""

NETWORK = frozenset({CABLE_FILE, WIFI_FILE, SUPPLICANT, SSH_KEYS, CLOCK})
_KEPT: TypeAdapter[Kept] = TypeAdapter(Kept)
_FILE: TypeAdapter[File] = TypeAdapter(File)


class Disk:
    """The unit's files, beneath `root`. Everything raises OSError."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root

    def at(self, path: Path) -> Path:
        """Where this is."""
        return self._root / path.relative_to("/")

    # What is known. ---------------------------------------------------------------------------

    def card_file(self) -> Path | None:
        """Raises ConfigError where there are two."""
        return find_card(self.at(BOOT))

    def applied(self) -> str:
        """The sums of what was set up last; "" on a new unit."""
        return self._text(APPLIED).strip()

    def kept(self) -> Kept | None:
        """What the hub gave; damage is the same as nothing."""
        with suppress(ValueError):
            return _KEPT.validate_json(self._text(JOINED))
        return None

    def signer(self) -> str:
        """Whose updates the card takes; "" where nobody wrote it down."""
        return self._text(SIGNER).strip()

    # What is written. -------------------------------------------------------------------------

    def keep(self, kept: Kept) -> None:
        """The hub has said this."""
        self.write({JOINED: File(_KEPT.dump_json(kept).decode(), 0o600)})

    def put(self, files: Mapping[Path, File], owned: Iterable[Path]) -> bool:
        """These files, and none else of `owned`. Returns whether anything changed but modes."""
        gone = [each for each in owned if each not in files and self.at(each).exists()]
        fresh = {path: file for path, file in files.items() if self._text(path) != file.text}
        self.write(fresh)
        for each in gone:
            self.at(each).unlink()
        return bool(fresh or gone)

    def write(self, files: Mapping[Path, File]) -> None:
        """All of them beside their places first: what has room there has room."""
        for path, file in files.items():
            self._write_new(self.at(path), file)
        for path in files:
            self._new(self.at(path)).replace(self.at(path))
        for folder in {self.at(path).parent for path in files}:
            _sync(folder)

    def keep_network(self) -> None:
        """Once, until `forget_network`: how it is now."""
        if self.at(BEFORE).exists():
            return
        new = self.at(BEFORE).with_suffix(".new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700, parents=True)
        for each in NETWORK:
            if self.at(each).exists():
                mode = self.at(each).stat().st_mode & 0o777
                kept = _FILE.dump_json(File(self._text(each), mode))
                (new / each.name).write_bytes(kept)
        os.sync()
        new.rename(self.at(BEFORE))

    def put_network_back(self) -> bool:
        """Whether anything changed."""
        before = self.at(BEFORE)
        if not before.exists():
            return False
        kept = {each: before / each.name for each in NETWORK}
        files = {to: _FILE.validate_json(f.read_bytes()) for to, f in kept.items() if f.exists()}
        changed = self.put(files, NETWORK)
        self.forget_network()
        return changed

    def forget_network(self) -> None:
        """The new one has proved good."""
        shutil.rmtree(self.at(BEFORE), ignore_errors=True)

    def remember(self, sums: str) -> None:
        """The last of all: this card was applied. ``sha256sum --check`` reads it at each start."""
        self.write({APPLIED: File(f"{sums}\n")})

    def result(self, words: str) -> bool:
        """What is to stand on the card, for Notepad; whether it does not yet."""
        text = words.replace("\n", "\r\n")
        self.write({RESULT: File(text)})
        return self._text(BOOT / "rinda-result.txt") != text

    def wrong(self, *, is_wrong: bool) -> None:
        """Whether the unit goes by something else than its card."""
        if is_wrong:
            self.at(WRONG).parent.mkdir(parents=True, exist_ok=True)
            self.at(WRONG).touch(0o644)
        else:
            self.at(WRONG).unlink(missing_ok=True)

    def _text(self, path: Path) -> str:
        try:
            return self.at(path).read_bytes().decode(errors="replace")
        except FileNotFoundError:
            return ""

    def _new(self, path: Path) -> Path:
        return path.with_name(f".{path.name}.new")

    def _write_new(self, path: Path, file: File) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = self._new(path)
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            os.fchmod(opened.fileno(), file.mode)
            if file.group != "root":
                os.fchown(opened.fileno(), -1, _group(file.group))
            opened.write(file.text.encode())
            opened.flush()
            os.fsync(opened.fileno())


def sums_of(files: Iterable[Path]) -> str:
    """As ``sha256sum`` prints them."""
    return "\n".join(f"{hashlib.sha256(each.read_bytes()).hexdigest()}  {each}" for each in files)


def _group(name: str) -> int:
    """Where there is no such group there is no unit: only tests run there."""
    with suppress(KeyError):
        return grp.getgrnam(name).gr_gid
    return -1


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
