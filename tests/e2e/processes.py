"""Which processes belong to a demonstration."""

import os
from pathlib import Path


def running_below(folder: Path) -> dict[int, str]:
    """Id → command line of each process that was started with files of this folder."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                words = (entry / "cmdline").read_bytes().decode().split("\0")
            except OSError:
                continue
            if any(word.startswith(f"{folder}/") for word in words):
                found[int(entry.name)] = " ".join(words)
    return found
