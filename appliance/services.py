"""What the system says of its services, without any right of its own."""

import subprocess
from collections.abc import Sequence

SECONDS = 10.0

OURS = ("rinda*", "queue-*", "mosquitto*")


def said(*command: str) -> str:
    """What the command prints; "" where there is none, it fails, or takes too long."""
    try:
        done = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            errors="replace",
            check=False,
            timeout=SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout


def resting() -> Sequence[str]:
    """Our services that failed, and are tried again later."""
    listed = said("systemctl", "list-units", "--state=failed", "--plain", "--no-legend", *OURS)
    return sorted(line.split()[0] for line in listed.splitlines() if line.strip())
