"""`./run bench`: prints the figures of the README."""

import tempfile
from pathlib import Path

from benchmarks import centre, commands, desk, figures, floors, phones, windows
from benchmarks.timing import row
from rinda import screen
from rinda.centre_at_hand import CentreAtHand, Screens
from rinda.observer import Observer
from rinda.visit import Visit


def main() -> None:
    """Start a centre on a virtual screen and measure it."""
    with (
        tempfile.TemporaryDirectory() as name,
        screen.virtual_screen(3000, 1920) as display,
        CentreAtHand(
            Path(name), Screens(), {**screen.DRAW_BY_SOFTWARE, "DISPLAY": display}
        ) as at_hand,
        Observer("demo", at_hand.broker.port) as observer,
    ):
        visit = Visit(at_hand, display, observer, say=lambda _: None)
        visit.wait_for_programs()
        port = at_hand.broker.port
        write, trip = floors.durable_write(Path(name)), floors.round_trip(port)
        both = write.median + 2 * trip.median
        touched = centre.touch_to_frame(visit)
        touches = centre.touch_to_paper(visit)
        calls, presses, published = centre.calls_to_pixels(visit)
        resident = centre.memory(at_hand)
        single, rate = commands.one_by_one(port), commands.rate(port)
    followed = phones.figures()
    print(windows.table(touched), end="\n\n")
    print("| figure | median | p99 | floor in the same run | ratio |\n|---|---|---|---|---|")
    print(row(touches, both, "two round trips and one fdatasync"))
    print(row(calls, both, "two round trips and one fdatasync"))
    print(row(presses, both, "two round trips and one fdatasync"))
    print(row(published, both, "two round trips and one fdatasync"))
    print(row(single, both, "two round trips and one fdatasync"))
    print(followed.row())
    print(row(write, write.median, "itself"))
    print(row(trip, trip.median, "itself"))
    print(
        f"\n{rate:.0f} tickets a second through broker, rules and disk with "
        f"{commands.UNDER_WAY} under way; {1 / write.median:.0f} fdatasyncs a second is the floor."
    )
    print("\nResident memory: " + ", ".join(f"{k} {v:.0f} MiB" for k, v in resident.items()) + ".")
    print(f"\n{followed}\n")
    desk.main()
    print()
    figures.main()


main()
