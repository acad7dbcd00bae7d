"""What is on disk for good."""

import os
from pathlib import Path


def settle(folder: Path) -> None:
    """Names in a folder are on disk only when the folder is. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
