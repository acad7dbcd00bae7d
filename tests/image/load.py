"""Runs on a card: takes tickets and gives them back, one after another, without an end.

What the module has answered goes at once, a line for each, to whoever holds the computer's line.
"""

import queue
from collections.abc import Callable
from pathlib import Path

from config.load import load_settings
from messaging.link import Link, Unit
from messaging.messages import Reply, Role, UnitStatus
from messaging.topics import Topics
from queue_core.commands import Cancel, TakeTicket

PORT = Path("/dev/virtio-ports/answers")
SECONDS = 30.0
STAYS = 8
"""One ticket of so many stays in the queue."""


def main() -> None:
    """Never returns."""
    settings = load_settings([Path("/etc/rinda/site.toml"), Path("/etc/rinda/unit.toml")], {})
    work: queue.Queue[Callable[[], None]] = queue.Queue()
    status = UnitStatus(unit=settings.unit.id, role=Role.KIOSK, version="load", online=True)
    link = Link(settings.broker, Topics(settings.site.id), Unit(status), work.put)
    service = settings.service[0].id

    def take(number: int) -> None:
        def taken(reply: Reply | None) -> None:
            if reply and reply.ticket:
                tell("taken", reply.ticket.id)
                give_back(number, reply.ticket.id)
            else:
                tell("refused", reply.refusal.code if reply and reply.refusal else "silence")
                take(number)

        link.request(TakeTicket(service, "lv"), SECONDS, taken)

    def give_back(number: int, ticket: str) -> None:
        def cancelled(reply: Reply | None) -> None:
            if reply and not reply.refusal:
                tell("cancelled", ticket)
            take(number + 1)

        if number % STAYS:
            link.request(Cancel(ticket), SECONDS, cancelled)
        else:
            take(number + 1)

    def tell(what: str, of: str) -> None:
        line.write(f"{what} {of}\n".encode())

    with PORT.open("wb", buffering=0) as line:
        link.start()
        take(1)
        while True:
            try:
                work.get(timeout=0.05)()
            except queue.Empty:
                link.tick()


if __name__ == "__main__":
    main()
