"""`python -m tests.hostile --seconds 600 [TARGET …]`: hostile input by the million.

Coverage-guided (atheris, libFuzzer) from seeds made of real messages; each target is a process of
its own. What breaks something is left in `build/hostile`, with its traceback on the screen.
"""

import argparse
import io
import logging
import os
import re
import sys
import tempfile
import traceback
from contextlib import redirect_stderr
from hashlib import sha256
from pathlib import Path

import atheris

OURS = [
    "appliance",
    "config",
    "desk",
    "drivers",
    "firmware_bridge",
    "kiosk",
    "messaging",
    "queue_core",
]

with redirect_stderr(io.StringIO()), atheris.instrument_imports([*OURS, "queue_module", "tomllib"]):
    from tests.hostile.cards import CardText
    from tests.hostile.entered import Browsers, Codes, Doors, Line
    from tests.hostile.kept import KioskStore, Log, Rows, SettingsText
    from tests.hostile.said import Commands, Orders, Silence, Target, Units

LONGEST = 16 * 1024
FOUND = Path("build/hostile")
TARGETS: dict[str, type[Target]] = {
    "commands": Commands,
    "units": Units,
    "orders": Orders,
    "browsers": Browsers,
    "codes": Codes,
    "line": Line,
    "doors": Doors,
    "log": Log,
    "rows": Rows,
    "store": KioskStore,
    "settings": SettingsText,
    "cards": CardText,
}


def main() -> int:
    """Returns 1 if anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []], metavar="TARGET")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    given = parser.parse_args()
    FOUND.mkdir(parents=True, exist_ok=True)
    found = [name for name in given.targets or TARGETS if _found(name, given.seconds)]
    print("Found something in:" if found else "Nothing was found.", *found)
    return int(bool(found))


def _found(name: str, seconds: int) -> bool:
    with tempfile.TemporaryDirectory(dir=_memory()) as folder:
        said = Path(folder) / "said"
        child = os.fork()  # all is imported and instrumented once
        if not child:
            _fuzz(name, seconds, Path(folder), said)
        _, status = os.waitpid(child, 0)
        text = said.read_text(errors="replace")
    counted = re.findall(r"^stat::number_of_executed_units: (\d+)", text, re.MULTILINE)
    print(f"{name}: {int(counted[-1]) if counted else 0:,} inputs", flush=True)
    if status:
        print(text[max(text.find("=== Uncaught"), len(text) - 4000) :], flush=True)
    return status != 0


def _memory() -> str | None:
    """Files that are written a thousand times a second are kept in memory, where there is some."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def _fuzz(name: str, seconds: int, folder: Path, said: Path) -> None:
    """Ends the process."""
    try:
        with said.open("wb") as file:
            os.dup2(file.fileno(), sys.stdout.fileno())
            os.dup2(file.fileno(), sys.stderr.fileno())
        logging.basicConfig(handlers=[Silence()], level=logging.INFO, force=True)
        seeds, files = folder / "seeds", folder / "files"
        seeds.mkdir()
        files.mkdir()
        for number, seed in enumerate(TARGETS[name].seeds()):
            (seeds / f"{number:04}").write_bytes(seed)
        options = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-print_final_stats=1"]
        options += ["-timeout=60", "-rss_limit_mb=2048", f"-artifact_prefix={FOUND}/{name}-"]
        target = TARGETS[name](files)

        def tried(data: bytes) -> None:
            try:
                target(data)
            except Exception:  # libFuzzer keeps what crashes, not what raises
                (FOUND / f"{name}-{sha256(data).hexdigest()[:16]}").write_bytes(data)
                raise

        atheris.Setup([sys.argv[0], str(seeds), *options], tried)
        atheris.Fuzz()
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(1)


if __name__ == "__main__":
    raise SystemExit(main())
