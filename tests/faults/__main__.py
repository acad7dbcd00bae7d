"""`python -m tests.faults --seeds 5000 --from 0`: many seeds, on all processors; tells what was
wrong."""

import argparse
import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

from tests.faults.simulation import run


def main() -> int:
    """Returns 1 if anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--from", type=int, default=0, dest="first")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    given = parser.parse_args()
    faults, tickets, wrong = Counter[str](), 0, 0
    with ProcessPoolExecutor(given.processes) as processes:
        for outcome in processes.map(run, range(given.first, given.first + given.seeds)):
            faults.update(outcome.faults)
            tickets += outcome.tickets
            if outcome.wrong:
                wrong += 1
                story = outcome.story if given.seeds == 1 else ()
                print(f"seed {outcome.seed}:", *story, *outcome.wrong, sep="\n  ", flush=True)
    told = ", ".join(f"{name} {count}" for name, count in faults.most_common())
    print(f"{given.seeds} seeds, {tickets} numbers shown, wrong: {wrong}. Faults: {told}.")
    return int(wrong > 0)


if __name__ == "__main__":
    raise SystemExit(main())
