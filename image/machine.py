"""A computer in software that starts a card: QEMU, with its screen, touch, serial lines and power.

It is always emulated, never virtualised, so that it is the same on every host.
"""

import base64
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from qemu.qmp.legacy import QEMUMonitorProtocol

from image.build import Made
from image.layout import START
from image.shell import Shell, SilentError
from image.tools import run

SHELL = "systemd.debug_shell=hvc0"
"""A word to the kernel with which systemd itself opens a shell; nothing of it is in the image."""


@dataclass(slots=True)
class Kind:
    """How QEMU is told which computer it is."""

    program: str
    options: Sequence[str]
    console: str
    loader: str
    """U-Boot, of Debian's u-boot-qemu."""


KINDS: Mapping[str, Kind] = {
    "amd64": Kind(
        "qemu-system-x86_64", ("-M", "pc", "-cpu", "Nehalem"), "ttyS0", "qemu-x86/u-boot.rom"
    ),
    "arm64": Kind(
        "qemu-system-aarch64",
        ("-M", "virt", "-cpu", "cortex-a72"),
        "ttyAMA0",
        "qemu_arm64/u-boot.bin",
    ),
}


PANEL, FINGER = Path(__file__).with_name("panel.py"), "/run/panel"
"""What makes one on the card, and the pipe on which it is told of touches."""


LOADERS = Path("/usr/lib/u-boot")


class MachineError(Exception):
    """It did not do what it should in time; the words end with what it last said."""


@dataclass(slots=True)
class Machine:
    """A card in a computer. Times in seconds, of this computer's clock."""

    made: Made
    card: Path
    folder: Path
    size: tuple[int, int] = (1080, 1920)
    devices: Sequence[str] = ()
    network: Sequence[str] = ("-nic", "none")
    words: str = ""
    starts_itself: bool = False
    """By U-Boot and the script on the card (`kernel_words`); else QEMU starts slot A's kernel."""

    processors: int = 2
    """Of two of x86-64, one now and then meets code that the other just patches: Linux stops, about
    once in 25 starts. One is slow to see touches."""

    noted: Path | None = None
    """A file for every write to the card, in order, with its flushes (`image.writes`)."""

    _process: "subprocess.Popen[bytes] | None" = None
    _monitor: QEMUMonitorProtocol | None = None
    _shell: Shell | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.cut_power()

    @property
    def log(self) -> str:
        """What came over the console."""
        file = self.folder / "console.log"
        return file.read_text(errors="replace") if file.exists() else ""

    def start(self) -> None:
        """Switch it on."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in ("monitor", "shell", "console.log"):
            (self.folder / name).unlink(missing_ok=True)
        self._process = subprocess.Popen(
            self._command(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "qemu.log").open("wb"),
        )
        self._monitor = QEMUMonitorProtocol(str(self.folder / "monitor"))
        self.until(lambda: (self.folder / "monitor").exists(), 10, "QEMU did not start")
        self._monitor.connect()

    def cut_power(self) -> None:
        """As pulling the plug: what the card was not given in full is lost."""
        if self._shell:
            self._shell.close()
            self._shell = None
        if self._monitor:
            self._monitor.close()
            self._monitor = None
        if self._process:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def is_on(self) -> bool:
        """Whether it has not switched itself off."""
        return self._process is not None and self._process.poll() is None

    def wait_off(self, seconds: float = 120) -> None:
        """Until it has switched itself off."""
        self.until(lambda: not self.is_on(), seconds, "still on")

    def wait_for(self, words: str, seconds: float = 240) -> str:
        """Until the console says what the pattern fits; returns that. Raises MachineError."""
        found: list[str] = []

        def look() -> bool:
            found.extend(re.findall(words, self.log)[-1:])
            return bool(found)

        self.until(look, seconds, f"never said {words!r}")
        return found[-1]

    def run(self, command: str, seconds: float = 120) -> str:
        """What a shell on it, as root, says to the command. Raises MachineError if that fails."""
        said, status = self.try_run(command, seconds)
        if status:
            raise MachineError(f"{command}: {status}\n{said}")
        return said

    def try_run(self, command: str, seconds: float = 120) -> tuple[str, int]:
        """What it said, and the status."""
        if self._shell is None:
            self._shell = Shell(self.folder / "shell")
        try:
            return self._shell.run(command, seconds)
        except (SilentError, OSError) as error:
            raise MachineError(f"no answer: {error}\n{self.log[-1500:]}") from None

    def restarted(self, seconds: float = 240) -> None:
        """Wait until it has begun anew by itself."""
        boots = self.log.count("Linux version")
        self.until(lambda: self.log.count("Linux version") > boots, seconds, "no restart")
        if self._shell:
            self._shell.restarted()

    def wait_until(self, command: str, seconds: float = 240) -> str:
        """Until the command succeeds; returns what it said then."""
        until = time.monotonic() + seconds
        while True:
            said, status = self.try_run(command, max(1.0, until - time.monotonic()))
            if status == 0:
                return said
            if time.monotonic() > until:
                raise MachineError(f"never: {command}\n{said}\n{self.log[-1500:]}")
            time.sleep(1)

    def until(self, done: Callable[[], bool], seconds: float, otherwise: str) -> None:
        """Wait for what this computer sees. Raises MachineError."""
        until = time.monotonic() + seconds
        while not done():
            if time.monotonic() > until:
                raise MachineError(f"{otherwise}\n{self.log[-1500:]}")
            time.sleep(0.2)

    def picture(self, to: Path) -> Path:
        """What its screen shows, as PNG."""
        self._order("screendump", filename=str(to), format="png")
        self.until(lambda: to.exists() and to.stat().st_size > 0, 10, "no picture")
        return to

    def touch(self, across: float, down: float) -> None:
        """A finger at this part of the screen's width and height, from 0 to 1.

        QEMU's tablets are pointers, which a unit does not listen to: Linux makes a panel itself.
        """
        if self.try_run(f"test -p {FINGER}")[1]:
            self.send(PANEL.read_bytes(), f"{FINGER}.py")
            self.run(f"modprobe uinput && mkfifo {FINGER}")
            self.run(f"setsid python3 {FINGER}.py <>{FINGER} >/dev/null 2>&1 & sleep 20")
        self.run(f"echo {across} {down} >{FINGER}")

    def send(self, data: bytes, to: str) -> None:
        """A file of its own for the time until it restarts."""
        self.run(f"echo {base64.b64encode(data).decode()} | base64 -d >{to}")

    def _order(self, name: str, **arguments: object) -> Any:
        assert self._monitor
        return self._monitor.cmd(name, **arguments)

    def _command(self) -> list[str]:
        kind = KINDS[self.made.target.architecture]
        width, height = self.size
        return [
            *(kind.program, *kind.options, "-accel", "tcg,thread=multi"),
            *("-smp", str(self.processors), "-m", "2048"),
            *("-display", "none", "-vga", "none", "-no-user-config"),
            *("-device", f"virtio-gpu-pci,xres={width},yres={height}"),
            *("-device", "qemu-xhci", "-device", "usb-kbd"),
            *("-device", "virtio-serial-pci", "-device", "virtconsole,chardev=shell"),
            *("-chardev", f"socket,id=shell,path={self.folder}/shell,server=on,wait=off"),
            *("-serial", f"file:{self.folder}/console.log"),
            *("-qmp", f"unix:{self.folder}/monitor,server=on,wait=off"),
            *self._drive(),
            *self.network,
            *self._begin(kind),
            *self.devices,
        ]

    def _drive(self) -> list[str]:
        card = f"driver=raw,node-name=card,file.driver=file,file.filename={self.card}"
        drive = ["-blockdev", card, "-device", "virtio-blk-pci,drive=noted"]
        if not self.noted:
            return [each.replace("noted", "card") for each in drive]
        self.noted.touch()
        note = "driver=blklogwrites,node-name=noted,file=card"
        return [*drive, "-blockdev", f"{note},log.driver=file,log.filename={self.noted}"]

    def _begin(self, kind: Kind) -> list[str]:
        if self.starts_itself:
            return ["-bios", str(LOADERS / kind.loader)]
        root = f"root=PARTUUID={identifier(self.card):08x}-02"
        words = f"console={kind.console} {root} ro rootwait panic=5 rauc.slot=A"
        start = ["-kernel", str(self.made.kernel), "-initrd", str(self.made.initrd)]
        return ["-no-reboot", *start, "-append", f"{words} {SHELL} {self.words}"]


def card_for(
    made: Made, to: Path, files: Mapping[str, bytes] | None = None, gibibytes: int = 8
) -> Path:
    """A card of its own for one test, with these files on its first partition."""
    to.parent.mkdir(parents=True, exist_ok=True)
    run("cp", "--sparse=always", made.card, to)
    put(to, files or {})
    os.truncate(to, gibibytes * 2**30)
    return to


def identifier(card: Path) -> int:
    """Which is the image's until the card is started."""
    with card.open("rb") as file:
        file.seek(440)
        return int.from_bytes(file.read(4), "little")


def kernel_words(made: Made) -> Mapping[str, bytes]:
    """The file with which a card that starts itself lets this computer in."""
    words = f"console={KINDS[made.target.architecture].console} {SHELL}"
    return {"kernel.txt": f"arguments={words}\n".encode()}


def put(card: Path, files: Mapping[str, bytes]) -> None:
    """As a technician does at a computer. Of a machine that is off."""
    for name, data in files.items():
        kept = card.with_suffix(".file")
        kept.write_bytes(data)
        run("mcopy", "-o", "-i", f"{card}@@{START}M", kept, f"::/{name}")
        kept.unlink()


def taken(card: Path, name: str) -> bytes:
    """The file of this name on the first partition."""
    kept = card.with_suffix(".file")
    run("mcopy", "-o", "-n", "-i", f"{card}@@{START}M", f"::/{name}", kept)
    return kept.read_bytes()
