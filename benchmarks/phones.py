"""`python -m benchmarks.phones [PHONES]`: phones that follow their tickets, by default 200.

Real page, module, broker and file, in processes of their own. Each phone has an address of its own
on the loopback; all open their pages at once, then one after another is called while all are told
what moves. Beside it: when the board's message came to us, which is what the page waits for too.
"""

import asyncio
import contextlib
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.load import Module
from benchmarks.programs import ProgramProcess
from benchmarks.timing import Sample, row
from config.programs import BrokerSettings
from messaging.codec import decode
from messaging.link import Arrived, Link, Unit
from messaging.messages import BoardState, Reply, Role, UnitStatus
from messaging.topics import Topics
from queue_core.commands import CallNext, Command, Finish, OpenCounter, TakeTicket
from queue_core.model import GivenService
from rinda.broker import Broker, free_port
from web.asking import ask
from web.serving import TICK_SECONDS

PHONES, CALLS = 200, 30
SERVICE, COUNTER = "vsaa-slimiba", "1"
QUIET_SECONDS = 10.0
PAUSE_SECONDS = 0.4
"""Between calls: the clerk finishes, and all are told who is next."""


@dataclass(frozen=True, slots=True)
class Load:
    """What phones cost: the page's share of a core, and bytes to each phone in a minute."""

    share: float
    size: float

    def __str__(self) -> str:
        return f"{self.share:.0%} of a core, {self.size / 1024:.0f} KiB to each phone in a minute"


@dataclass
class Figures:
    """`heard`: the floor of `told`. `mebibytes`: without phones, and with all."""

    opened: Sample = field(default_factory=lambda: Sample("phone's page, all opened at once"))
    told: Sample = field(default_factory=lambda: Sample("call → the visitor's phone"))
    heard: Sample = field(default_factory=lambda: Sample("call → the board's message"))
    mebibytes: tuple[float, float] = (0.0, 0.0)
    quiet: Load | None = None
    busy: Load | None = None

    def row(self) -> str:
        """One line of the table."""
        return row(self.told, self.heard.median, "the board's message to us")

    def __str__(self) -> str:
        opened, (alone, full) = self.opened, self.mebibytes
        later = [
            told - heard for told, heard in zip(self.told.seconds, self.heard.seconds, strict=True)
        ]
        after = Sample("", later)
        return (
            f"{len(opened.seconds)} phones follow their tickets: {opened.name}, median "
            f"{opened.median * 1000:.0f} ms, p99 {opened.worst * 1000:.0f} ms. The call is on its "
            f"phone {after.median * 1000:.0f} ms after the board's message, p99 "
            f"{after.worst * 1000:.0f} ms. Their program has "
            f"{alone:.0f} MiB without them and {full:.0f} MiB with them. While nobody is called: "
            f"{self.quiet}. While somebody is called twice a second: {self.busy}."
        )


class Phone:
    """`called`: once its page knows. Times are of `time.perf_counter`."""

    def __init__(self, place: int, port: int, ticket: str) -> None:
        self._own, self._port = (f"127.0.{1 + place // 200}.{1 + place % 200}", 0), port
        self._ticket = ticket
        self.received, self.called_at = 0, 0.0
        self.follows, self.called = asyncio.Event(), asyncio.Event()

    async def open(self) -> bool:
        """Load the page; whether it is there."""
        async with self._get(f"/{self._ticket}") as reader:
            return b" 200 " in (await reader.read()).partition(b"\r\n")[0]

    async def follow(self) -> None:
        """Read the stream to its end."""
        async with self._get(f"/{self._ticket}/events") as reader:
            while line := await reader.readline():
                self.received += len(line)
                if line.startswith(b"data: "):
                    self._take(json.loads(line.removeprefix(b"data: ")))

    def _take(self, said: dict[str, object]) -> None:
        if said["call"] and not self.called.is_set():
            self.called_at = time.perf_counter()
            self.called.set()
        self.follows.set()

    @asynccontextmanager
    async def _get(self, path: str) -> AsyncIterator[asyncio.StreamReader]:
        connect = asyncio.open_connection("127.0.0.1", self._port, local_addr=self._own)
        reader, writer = await connect
        writer.write(f"GET {path} HTTP/1.1\r\nHost: rinda\r\nConnection: close\r\n\r\n".encode())
        try:
            yield reader
        finally:
            writer.close()


class Desk:
    """Takes tickets and calls. `heard`: number → when the board's message with its call came;
    `there`: once there was one."""

    def __init__(self, port: int) -> None:
        loop = asyncio.get_running_loop()
        status = UnitStatus(unit="desk", role=Role.DESK, version="phones", online=True)
        settings = BrokerSettings(port=port)
        self.link = Link(settings, Topics("demo"), Unit(status), loop.call_soon_threadsafe)
        self.link.on(self.link.topics.board, self._hear)
        self.heard: dict[str, float] = {}
        self.there = asyncio.Event()

    async def work(self) -> None:
        """Be there, until cancelled."""
        self.link.start()
        try:
            while True:
                self.link.tick()
                await asyncio.sleep(TICK_SECONDS)
        finally:
            self.link.stop()

    async def order(self, command: Command) -> Reply:
        """What the module answers."""
        reply = await ask(self.link, command)
        assert reply, command
        assert reply.refusal is None, reply
        return reply

    def _hear(self, arrived: Arrived) -> None:
        for each in decode(arrived.payload, BoardState).calls:
            self.heard.setdefault(each.number, time.perf_counter())
        self.there.set()
        arrived.done()


class Centre:
    """The clerk, the phones, and the page's program, whose needs are counted."""

    def __init__(self, desk: Desk, phones: Mapping[str, Phone], page: int) -> None:
        self._desk, self._phones, self._page = desk, phones, page
        self.figures = Figures()

    async def run(self) -> None:
        """Open all pages, then follow, quietly and while visitors are called."""
        phones = self._phones.values()
        await _there(next(iter(phones)))
        alone = self._needs().mebibytes
        await asyncio.gather(*map(self._open, phones))
        async with asyncio.TaskGroup() as group:
            following = [group.create_task(each.follow()) for each in phones]
            for each in phones:
                await each.follows.wait()
            self.figures.quiet = await self._load(asyncio.sleep(QUIET_SECONDS))
            self.figures.busy = await self._load(self._call())
            self.figures.mebibytes = alone, self._needs().mebibytes
            for task in following:
                task.cancel()

    async def _open(self, phone: Phone) -> None:
        with self.figures.opened.timed():
            assert await phone.open()

    async def _call(self) -> None:
        desk, began = self._desk, dict[str, float]()
        await desk.order(OpenCounter(COUNTER))
        for _ in range(min(CALLS, len(self._phones))):
            moment = time.perf_counter()
            called = (await desk.order(CallNext(COUNTER))).ticket
            assert called
            began[called.number] = moment
            await self._phones[called.number].called.wait()
            await desk.order(Finish(COUNTER, called.id, (GivenService(SERVICE),)))
            await asyncio.sleep(PAUSE_SECONDS)
        for number, moment in began.items():
            self.figures.told.seconds.append(self._phones[number].called_at - moment)
            self.figures.heard.seconds.append(desk.heard[number] - moment)

    async def _load(self, work: Awaitable[None]) -> Load:
        needs, received, began = self._needs(), self._received(), time.monotonic()
        await work
        seconds = time.monotonic() - began
        size = (self._received() - received) / len(self._phones) / seconds * 60
        return Load((self._needs().seconds - needs.seconds) / seconds, size)

    def _needs(self) -> Module:
        return Module.now(self._page)

    def _received(self) -> int:
        return sum(each.received for each in self._phones.values())


def figures(count: int = PHONES) -> Figures:
    """Of so many phones."""
    port = free_port()
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        broker = stack.enter_context(Broker(folder / "broker", free_port()))
        own = {"ADDRESS": f"http://127.0.0.1:{port}", "HOST": "127.0.0.1", "PORT": port}
        settings = {"BROKER__PORT": broker.port, "MODULE__DATABASE": folder / "queue.db"}
        settings |= {f"VISITOR_PAGE__{key}": value for key, value in own.items()}
        module, page = (ProgramProcess(x, folder, settings) for x in ("module", "visitor-page"))
        stack.enter_context(module.running())
        stack.enter_context(page.running())
        return asyncio.run(_measured(count, broker.port, port, page.process.pid))


async def _measured(count: int, broker: int, port: int, page: int) -> Figures:
    desk = Desk(broker)
    work = asyncio.create_task(desk.work())
    await desk.there.wait()
    taken = [(await desk.order(TakeTicket(SERVICE, "lv"))).ticket for _ in range(count)]
    phones = {each.number: Phone(place, port, each.id) for place, each in enumerate(taken) if each}
    centre = Centre(desk, phones, page)
    await centre.run()
    work.cancel()
    await asyncio.wait({work})
    return centre.figures


async def _there(phone: Phone) -> None:
    """The page answers, and has heard that the module lives."""
    there = False
    while not there:
        await asyncio.sleep(0.1)
        with contextlib.suppress(ConnectionRefusedError):
            there = await phone.open()


if __name__ == "__main__":
    measured = figures(*map(int, sys.argv[1:]))
    print(measured.row(), measured, sep="\n\n")
