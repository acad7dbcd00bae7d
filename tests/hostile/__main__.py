"""`python -m tests.hostile --seconds 600 [TARGET …]`: hostile input by the million.

Coverage-guided (atheris, libFuzzer) from seeds made of real messages; each target is a process of
its own. What breaks something is left in `build/hostile`, with its traceback on the screen.
"""

import argparse
import logging
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import atheris

OURS = ["config", "desk", "drivers", "firmware_bridge", "kiosk", "messaging", "queue_core"]
LONGEST = 16 * 1024
FOUND = Path("build/hostile")

with atheris.instrument_imports(include=[*OURS, "queue_module", "tomllib"]):
    from tests.hostile.kept import KioskStore, Log, Rows, SettingsText
    from tests.hostile.said import Browsers, Codes, Commands, Line, Orders, Silence, Target, Units

TARGETS: dict[str, type[Target]] = {
    "commands": Commands,
    "units": Units,
    "orders": Orders,
    "browsers": Browsers,
    "codes": Codes,
    "line": Line,
    "log": Log,
    "rows": Rows,
    "store": KioskStore,
    "settings": SettingsText,
}


def main() -> int:
    """Returns 1 if anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []], metavar="TARGET")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.folder:
        _fuzz(given.targets[0], given.seconds, given.folder)
    found = [name for name in given.targets or TARGETS if _found(name, given.seconds)]
    print("Found something in:" if found else "Nothing was found.", *found)
    return int(bool(found))


def _found(name: str, seconds: int) -> bool:
    with tempfile.TemporaryDirectory(dir=_memory()) as folder:
        asked = [name, "--seconds", str(seconds), "--folder", folder]
        started = [sys.executable, "-m", "tests.hostile", *asked]
        ran = subprocess.run(started, capture_output=True, text=True, check=False)
    executed = re.findall(r"number_of_executed_units: (\d+)|^#(\d+)", ran.stderr, re.MULTILINE)
    print(f"{name}: {max(int(a or b) for a, b in executed or [('0', '')]):,} inputs", flush=True)
    if ran.returncode:
        print(_said(ran.stderr), flush=True)
    return bool(ran.returncode)


def _said(text: str) -> str:
    """The traceback, or the end of it."""
    at = text.find("=== Uncaught")
    return text[at:] if at >= 0 else text[-4000:]


def _memory() -> str | None:
    """Files that are written a thousand times a second are kept in memory, where there is some."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def _fuzz(name: str, seconds: int, folder: Path) -> None:
    """Ends the process."""
    logging.basicConfig(handlers=[Silence()], level=logging.INFO, force=True)
    seeds, files = folder / "seeds", folder / "files"
    for each in (seeds, files, FOUND):
        each.mkdir(parents=True, exist_ok=True)
    target = TARGETS[name](files)
    for number, seed in enumerate(TARGETS[name].seeds()):
        (seeds / f"{number:04}").write_bytes(seed)
    options = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-print_final_stats=1"]
    options += ["-timeout=20", "-rss_limit_mb=2048", f"-artifact_prefix={FOUND}/{name}-"]
    atheris.Setup([sys.argv[0], str(seeds), *options], target)
    atheris.Fuzz()


if __name__ == "__main__":
    raise SystemExit(main())
