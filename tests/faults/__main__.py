"""`python -m tests.faults --seeds 5000 --from 0`: many seeds, on all processors; tells what was
wrong."""

import argparse
import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from resource import RUSAGE_CHILDREN, getrusage

from tests.faults.simulation import run

AT_A_TIME = 20
"""Seeds that a process takes."""


def main() -> int:
    """Returns 1 if anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--from", type=int, default=0, dest="first")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    given = parser.parse_args()
    faults, tickets, wrong = Counter[str](), 0, 0
    with ProcessPoolExecutor(given.processes) as processes:
        seeds = range(given.first, given.first + given.seeds)
        for outcome in processes.map(run, seeds, chunksize=AT_A_TIME):
            faults.update(outcome.faults)
            tickets += outcome.tickets
            if outcome.wrong:
                wrong += 1
                story = outcome.story if given.seeds == 1 else ()
                print(f"seed {outcome.seed}:", *story, *outcome.wrong, sep="\n  ", flush=True)
    used = getrusage(RUSAGE_CHILDREN)
    told = ", ".join(f"{name} {count}" for name, count in faults.most_common())
    print(f"{given.seeds} seeds, {tickets} numbers shown, wrong: {wrong}. Faults: {told}.")
    print(f"{(used.ru_utime + used.ru_stime) / given.seeds * 1000:.0f} ms of a processor each.")
    return int(wrong > 0)


if __name__ == "__main__":
    raise SystemExit(main())
