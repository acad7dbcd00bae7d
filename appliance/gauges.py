"""What a Pi can be asked of itself, read from Linux's own files; None where it does not say."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import disk_usage

from pydantic import ValidationError

from messaging.machine import MachineRole, UpdateView

MEGABYTE = 10**6
CARD_FILE_WRONG = Path("run/rinda/card-file-wrong")
"""There while the card file is not what the unit goes by."""

UPDATE = Path("run/rinda/update.json")
PROGRAMS = Path("data/unit/programs")


@dataclass(frozen=True, slots=True)
class Readings:
    """Of one moment; as `messaging.machine.MachineStatus` has them."""

    celsius: float | None = None
    under_voltage: bool | None = None
    memory_free_megabytes: int | None = None
    data_free_megabytes: int | None = None
    data_megabytes: int | None = None
    card_errors: int = 0
    card_used_percent: int | None = None
    written_gigabytes: int | None = None
    uptime_seconds: int = 0
    card_file_wrong: bool = False
    update: UpdateView | None = None


@dataclass(frozen=True, slots=True)
class Gauges:
    """Reads below `root`; the unit's data is in the folder `data`. Nothing here raises."""

    root: Path
    data: Path

    def read(self) -> Readings:
        """Everything that changes."""
        free, size = self._data()
        return Readings(
            celsius=self.celsius(),
            under_voltage=self.under_voltage(),
            memory_free_megabytes=self._memory(),
            data_free_megabytes=free,
            data_megabytes=size,
            card_errors=sum(self._numbers("sys/fs/ext4/*/errors_count")),
            card_used_percent=self._card_used(),
            written_gigabytes=self._written(),
            uptime_seconds=_whole(self._text("proc/uptime").partition(".")[0]) or 0,
            card_file_wrong=(self.root / CARD_FILE_WRONG).exists(),
            update=self._update(),
        )

    def celsius(self) -> float | None:
        """Of its hottest part."""
        thousandths = list(self._numbers("sys/class/thermal/thermal_zone*/temp"))
        return max(thousandths) / 1000 if thousandths else None

    def under_voltage(self) -> bool | None:
        """Whether the Pi has just had too little, by its own supervisor (driver `rpi_volt`)."""
        for folder in self._found("sys/class/hwmon/hwmon*"):
            if self._text(folder / "name") == "rpi_volt":
                return self._text(folder / "in0_lcrit_alarm") == "1"
        return None

    @property
    def version(self) -> str:
        """Of the image; "" where there is none."""
        lines = self._text("etc/os-release").splitlines()
        said = dict(line.partition("=")[::2] for line in lines)
        return said.get("IMAGE_VERSION", "").strip('"')[:80]

    @property
    def slot(self) -> str:
        """Of the image's two, as the boot loader said."""
        words = self._text("proc/cmdline").split()
        slots = [each.partition("=")[2] for each in words if each.startswith("rauc.slot=")]
        return slots[-1][:80] if slots else ""

    @property
    def signer(self) -> str:
        """Whose updates the card takes."""
        return self._text("etc/rauc/trusted")[:80]

    @property
    def model(self) -> str:
        """As the board calls itself."""
        return self._text("proc/device-tree/model").strip("\0")[:80]

    @property
    def role(self) -> MachineRole:
        """By the programs that are to run here."""
        wanted = {each.split(".")[0] for each in self._text(PROGRAMS).split()}
        programs = {each.removeprefix("rinda-") for each in wanted}
        if "module" in programs:
            return "all-in-one" if "kiosk" in programs else "hub"
        if "kiosk" in programs:
            return "kiosk"
        return "board" if "display" in programs else ""

    def _memory(self) -> int | None:
        for line in self._text("proc/meminfo").splitlines():
            if line.startswith("MemAvailable:"):
                return (_whole(line.split()[1]) or 0) * 1024 // MEGABYTE
        return None

    def _data(self) -> tuple[int | None, int | None]:
        with suppress(OSError):
            usage = disk_usage(self.data)
            return usage.free // MEGABYTE, usage.total // MEGABYTE
        return None, None

    def _card_used(self) -> int | None:
        """The estimates of JEDEC's e.MMC 5.0: 1 is up to a tenth, 11 is more than the whole."""
        texts = [self._text(each) for each in self._found("sys/block/mmcblk*/device/life_time")]
        tenths = [_whole(word, 16) or 0 for text in texts for word in text.split()]
        known = [each for each in tenths if 1 <= each <= 11]
        return min(100, max(known) * 10) if known else None

    def _written(self) -> int | None:
        kilobytes = list(self._numbers("sys/fs/ext4/*/lifetime_write_kbytes"))
        return sum(kilobytes) * 1024 // 10**9 if kilobytes else None

    def _update(self) -> UpdateView | None:
        with suppress(ValueError, ValidationError):
            return UpdateView.model_validate(json.loads(self._text(UPDATE)))
        return None

    def _numbers(self, pattern: str) -> Iterator[int]:
        for each in self._found(pattern):
            number = _whole(self._text(each))
            if number is not None:
                yield number

    def _found(self, pattern: str) -> list[Path]:
        return sorted(self.root.glob(pattern))

    def _text(self, file: Path | str) -> str:
        with suppress(OSError):
            return (self.root / file).read_text(errors="replace").strip()
        return ""


def _whole(text: str, base: int = 10) -> int | None:
    try:
        return int(text, base)
    except ValueError:
        return None
