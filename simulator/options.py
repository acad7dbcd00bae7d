"""The options of `rinda simulate`, besides those that name the settings files."""

import argparse
from datetime import date, time
from pathlib import Path

from simulator.policies import PEERS, RINDA

POLICIES = {each.name.lower().replace(" ", "-"): each for each in (RINDA, *PEERS)}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add them to the command."""
    parser.add_argument("--days", type=int, default=20, help="working days to play (20)")
    parser.add_argument("--first-day", type=date.fromisoformat, default=date(2026, 9, 7))
    parser.add_argument("--seed", type=int, default=1, help="another seed, other visitors (1)")
    parser.add_argument("--load", type=float, default=0.8, help="work to counter time (0.8)")
    parser.add_argument("--policies", nargs="+", choices=POLICIES, default=list(POLICIES))
    parser.add_argument(
        "--counter-from", type=time.fromisoformat, metavar="11:00", help="one more counter"
    )
    parser.add_argument("--walk-in-target", type=float, metavar="MINUTES", help="another target")
    parser.add_argument("--replay", type=Path, metavar="DB", help="recorded days, not made ones")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw the table too (PNG)")
