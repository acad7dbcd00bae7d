"""`python -m benchmarks.card [twin|pi]`: how long a card takes to make, to flash, and to be there.

Made from nothing in a folder of its own. Beside its first screen, in the same run and on the same
emulated computer: a bare Debian of the same mirror, until it asks who logs in.
"""

import argparse
import filecmp
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from image.build import Made, build, epoch, kernel_name, version
from image.layout import from_root, make_card, make_slot
from image.machine import Machine
from image.release import release
from image.system import emulate
from image.target import SUITE, TARGETS, Target
from image.tools import Newer, as_root, run, sources

ROUNDS = 3
KEYS = "development-keys"
PAINTED = 100
"""Colours: smooth letters have more, a console has a few."""

SECONDS = 1800.0


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.card", description=__doc__)
    parser.add_argument("target", nargs="?", choices=TARGETS, default="twin")
    target = TARGETS[parser.parse_args().target]
    with tempfile.TemporaryDirectory(prefix="rinda-card-") as name:
        folder = Path(name)
        began = time.monotonic()
        made = build(target, version(), folder, moved=True)
        print(f"made from nothing in {time.monotonic() - began:.0f} s: {_size(made.card)}")
        _again(made, folder / "again")
        began = time.monotonic()
        for file in release(made, folder / "release"):
            print(f"{file.name}: {_size(file)}")
        print(f"packed and signed in {time.monotonic() - began:.0f} s")
        bare = _bare(target, folder)
        ours = [_seconds(made, folder, _is_painted) for _ in range(ROUNDS)]
        floors = [_seconds(bare, folder, _asks) for _ in range(ROUNDS)]
    screen, floor = statistics.median(ours), statistics.median(floors)
    print(
        f"power → first screen {screen:.0f} s; a bare Debian → login {floor:.0f} s in the same run"
    )
    print(f"ratio {screen / floor:.2f}")


def _again(made: Made, folder: Path) -> None:
    """From nothing once more, but for the keys: they are random."""
    folder.mkdir()
    shutil.copytree(made.folder.parent / KEYS, folder / KEYS)
    second = build(made.target, made.version, folder, moved=True)
    same = filecmp.cmp(made.card, second.card, shallow=False)
    print(f"made once more: {'the same bytes' if same else 'OTHER BYTES'}")
    shutil.rmtree(folder)


def _size(file: Path) -> str:
    return f"{file.stat().st_size / 10**6:,.0f} MB"


def _bare(target: Target, folder: Path) -> Made:
    """What mmdebstrap makes of the kernel and systemd alone, on a card like ours."""
    emulate(target.machine)
    made = Made(target, "bare", folder / "bare")
    boot = made.folder / "boot"
    boot.mkdir(parents=True)
    kernel = f"linux-image-{target.architecture}"
    run(
        *as_root("mmdebstrap", "--mode=root", "--variant=important"),
        f"--architectures={target.architecture}",
        f"--include={kernel},systemd-sysv,initramfs-tools",
        '--customize-hook=echo "/dev/root / ext4 defaults 0 0" >"$1/etc/fstab"',
        SUITE,
        made.root,
        *sources(),
        env={"SOURCE_DATE_EPOCH": str(epoch())},
    )
    newer = Newer(folder / "tools")
    make_slot(made.root, newer, epoch(), made.slot)
    name = kernel_name(made.root)
    initrd = name.replace("vmlinuz", "initrd.img")
    from_root(made.root, [name, initrd], made.folder / "start")
    (made.folder / "start" / Path(name).name).rename(made.kernel)
    (made.folder / "start" / Path(initrd).name).rename(made.initrd)
    make_card(made.slot, boot, b"", newer, epoch(), made.card)
    return made


def _seconds(made: Made, folder: Path, done: Callable[[Machine, Path], bool]) -> float:
    """From the power on a card that was never started until it is done."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        card = Path(name) / "card.img"
        run("cp", "--sparse=always", made.card, card)
        began = time.monotonic()
        with Machine(made, card, Path(name), (800, 1280), processors=1) as machine:
            picture = Path(name) / "screen.png"
            machine.until(lambda: done(machine, picture), SECONDS, "never there")
            return time.monotonic() - began


def _is_painted(machine: Machine, picture: Path) -> bool:
    with Image.open(machine.picture(picture)) as opened:
        return len(opened.convert("RGB").getcolors(1 << 24) or ()) > PAINTED


def _asks(machine: Machine, _: Path) -> bool:
    return "login:" in machine.log


if __name__ == "__main__":
    main()
