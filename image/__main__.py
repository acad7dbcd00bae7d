"""`./run image`: make the card (or without a word), write down its packages, start it."""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from image.build import BUILD, build, version
from image.system import installed, lock, lock_file, system
from image.target import TARGETS
from image.tools import BuildError


def main() -> int:
    """Returns the exit status."""
    parsed = _parser().parse_args(sys.argv[1:] or ["build"])
    try:
        return int(parsed.act(parsed))
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1


def _build(parsed: argparse.Namespace) -> int:
    from image.release import release

    began = time.monotonic()
    made = build(TARGETS[parsed.target], parsed.version, parsed.folder, moved=parsed.moved)
    print(f"{made.card}  {round(time.monotonic() - began)} s")
    if parsed.release:
        for file in release(made, parsed.folder / f"release-{made.target.name}"):
            print(f"{file}  {file.stat().st_size / 10**6:.1f} MB")
    return 0


def _lock(parsed: argparse.Namespace) -> int:
    target = TARGETS[parsed.target]
    lock(target, installed(system(target, parsed.folder, moved=True)))
    print(f"{lock_file(target)}: look at what changed before it is committed.")
    return 0


def _test(parsed: argparse.Namespace) -> int:
    command = (sys.executable, "-m", "pytest", "-q", "-m", "image", "tests/image", *parsed.words)
    chosen = {**os.environ, "RINDA_IMAGE": parsed.target}
    return subprocess.run(command, env=chosen, check=False).returncode


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./run image", description=__doc__)
    acts = parser.add_subparsers(required=True, metavar="ACT")
    for name, act, words in (
        ("build", _build, "make the card and all that is handed out beside it"),
        ("lock", _lock, "take the mirror's packages as they are now"),
        ("test", _test, "start the card in software, and break it"),
    ):
        command = acts.add_parser(name, help=words)
        command.set_defaults(act=act)
        command.add_argument(
            "target", nargs="?", choices=TARGETS, default="twin" if name == "test" else "pi"
        )
        command.add_argument("--folder", type=Path, default=BUILD)
        if name == "build":
            command.add_argument("--version", default=version())
            command.add_argument("--moved", action="store_true", help="packages may be newer")
            command.add_argument(
                "--no-release", dest="release", action="store_false", help="only the card itself"
            )
        if name == "test":
            command.add_argument("words", nargs="*", help="for pytest; options after --")
    return parser


if __name__ == "__main__":
    sys.exit(main())
