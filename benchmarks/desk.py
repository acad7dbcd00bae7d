"""`python -m benchmarks.desk`: how soon, how heavy and how costly the staff's page is.

Real module, broker, desk and Chromium in processes of their own, with a counter for each of twenty
clerks.
"""

import http.client
import json
import queue
import statistics
import tempfile
import threading
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Page, sync_playwright

from benchmarks import floors
from benchmarks.load import Module as Used
from benchmarks.programs import ProgramProcess
from benchmarks.staff import link_of
from benchmarks.timing import Sample, row
from messaging.messages import Reply, Role, TicketView
from queue_core.commands import Cancel, Command, TakeTicket
from queue_core.events import TicketCalled
from rinda.broker import Broker, free_port
from rinda.centre_at_hand import SITE
from rinda.observer import Observer
from rinda.visit import PIN, open_counter
from web.pictures import CHROMIUM

CLERKS, CHANGES, SECONDS = 20, 10.0, 6.0
"""Changes a second, and for how long each crowd of clerks looks on."""

WAITING, CALLS, LOADS = 20, 20, 10
SERVICE = "vsaa-slimiba"
FILES = ("desk.css", "desk.js", "attention.js", "dialogs.js", "icon.svg")

COUNTER = """
[[counter]]
id = "{id}"
sign = "{id}"
name = {{ lv = "{id}. lodziņš", en = "Counter {id}" }}
serves = ["novads", "vsaa"]
"""

UNTIL_SHOWN = """() => ({ shown: new Promise((done) => {
  const now = document.getElementById("now");
  let pressed;
  addEventListener("keydown", (key) => { pressed = key.timeStamp; }, { capture: true, once: true });
  new MutationObserver((_, watching) => {
    if (!now.querySelector(".number")) return;
    watching.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - pressed)));
  }).observe(now, { childList: true });
}) })"""
"""Milliseconds from the key until the frame with the called number is drawn."""

LOADED = "() => performance.getEntriesByType('navigation')[0].loadEventEnd"
ASKED = """async () => {
  const began = performance.now();
  await (await fetch("/health")).text();
  return performance.now() - began;
}"""


def main() -> None:
    """Print it."""
    with tempfile.TemporaryDirectory() as name, _centre(Path(name)) as centre:
        write, trip = floors.durable_write(Path(name)), floors.round_trip(centre.broker_port)
        for _ in range(WAITING + CALLS):
            centre.kiosk.take()
        with _browser(centre) as page:
            loads, empty = centre.loads(page, ""), centre.loads(page, "health")
            page.goto(centre.address)
            weight = _weight(centre, page)
            shown, published, asked = _calls(centre, page)
        crowds = [centre.crowd(each) for each in (1, 4, CLERKS)]
    floor = asked.median + write.median + 2 * trip.median
    words = "a request to the desk, two round trips and one fdatasync"
    print("| the staff's page | median | p99 | floor in the same run | ratio |")
    print("|---|---|---|---|---|")
    print(row(shown, floor, words))
    print(row(published, floor, words))
    print(row(loads, empty.median, "an empty page of the same server"))
    print(f"\n{weight}\n")
    print("| clerks, counters | of a core | bytes a change | change → all pages, median | p99 |")
    print("|---|---|---|---|---|")
    for each in crowds:
        print(each.row())


@dataclass
class Crowd:
    """What clerks who look on cost; `seconds` of the processor in `lasted`."""

    clerks: int
    counters: int
    lasted: float
    seconds: float
    late: Sample
    sizes: Sequence[int]

    def row(self) -> str:
        """One line of the table."""
        return (
            f"| {self.clerks}, {self.counters} | {self.seconds / self.lasted:.0%} "
            f"| {statistics.median(self.sizes):.0f} | {self.late.median * 1000:.0f} ms "
            f"| {self.late.worst * 1000:.0f} ms |"
        )


class _Kiosk:
    """Takes tickets and gives them up; `waiting`: the newest, by id."""

    def __init__(self, port: int) -> None:
        self.waiting = deque[str](maxlen=WAITING)
        self._work = queue.SimpleQueue[Callable[[], None]]()
        self.link = link_of("kiosk", Role.KIOSK, port, self._work.put)
        self.link.start()
        while not self.link.connected:
            self._turn()

    def take(self) -> TicketView:
        """A new ticket."""
        reply = self.do(TakeTicket(SERVICE, "lv"))
        assert reply.ticket, reply.refusal
        self.waiting.append(reply.ticket.id)
        return reply.ticket

    def do(self, command: Command) -> Reply:
        """What the module says to it."""
        replies = list[Reply | None]()
        self.link.request(command, 20, replies.append)
        while not replies:
            self._turn()
        assert replies[0]
        return replies[0]

    def _turn(self) -> None:
        try:
            self._work.get(timeout=0.05)()
        except queue.Empty:
            self.link.tick()


@dataclass
class _Stream:
    """A page that is open: each line of news and when it came."""

    connection: http.client.HTTPConnection
    came: list[tuple[float, bytes]] = field(default_factory=list)

    def read(self) -> None:
        """Until it is closed."""
        response = self.connection.getresponse()
        while line := response.readline():
            if line.startswith(b"data:"):
                self.came.append((time.monotonic(), line))

    def saw(self, number: str) -> float:
        """When this number was first on the page."""
        return next(at for at, line in self.came if number.encode() in line)


@dataclass
class _Centre:
    broker_port: int
    desk_port: int
    desk: ProgramProcess
    kiosk: _Kiosk
    observer: Observer

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.desk_port}/"

    def get(self, path: str, cookie: str = "") -> bytes:
        """What a browser is given, without its head."""
        connection = self._ask("GET", path, {"Cookie": cookie})
        with connection.getresponse() as response:
            return response.read()

    def cookie(self, counter: str) -> str:
        """Of a clerk who has signed in there."""
        form = urlencode({"staff": "klientu-1", "counter": counter, "pin": PIN})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        connection = self._ask("POST", "/sign-in", headers, form)
        with connection.getresponse() as response:
            return response.headers["Set-Cookie"].partition(";")[0]

    def loads(self, page: Page, path: str) -> Sample:
        """From the request until all of the page is there."""
        sample = Sample("the page is opened")
        for _ in range(LOADS):
            page.goto(f"{self.address}{path}")
            sample.seconds.append(page.evaluate(LOADED) / 1000)
        return sample

    def crowd(self, counters: int) -> Crowd:
        """Clerks at so many counters look on while the queue changes; one alone at one."""
        clerks = 1 if counters == 1 else CLERKS
        cookies = [self.cookie(str(1 + number % counters)) for number in range(clerks)]
        streams = [_Stream(self._ask("GET", "/events", {"Cookie": each})) for each in cookies]
        threads = [threading.Thread(target=each.read, daemon=True) for each in streams]
        for thread in threads:
            thread.start()
        time.sleep(1)
        before, began = Used.now(self.desk.process.pid), time.monotonic()
        taken = list(self._changes())
        lasted = time.monotonic() - began
        seconds = Used.now(self.desk.process.pid).seconds - before.seconds
        time.sleep(1.5)
        late = Sample("change → all pages")
        for at, number in taken:
            late.seconds.append(max(each.saw(number) for each in streams) - at)
        sizes = [len(line) for each in streams for at, line in each.came if began < at]
        for each in streams:
            each.connection.sock.shutdown(2)
        return Crowd(clerks, counters, lasted, seconds, late, sizes)

    def _changes(self) -> Iterator[tuple[float, str]]:
        """Tickets are taken and others given up; when one was taken, and its number."""
        began = time.monotonic()
        for number in range(int(SECONDS * CHANGES / 2)):
            ticket = self.kiosk.take()
            yield time.monotonic(), ticket.number
            _sleep_until(began + (2 * number + 1) / CHANGES)
            self.kiosk.do(Cancel(self.kiosk.waiting.popleft()))
            _sleep_until(began + (2 * number + 2) / CHANGES)

    def _ask(
        self, method: str, path: str, headers: dict[str, str], body: str = ""
    ) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection("127.0.0.1", self.desk_port, timeout=20)
        origin = {"Origin": self.address.rstrip("/")}
        connection.request(method, path, body or None, {**headers, **origin})
        return connection


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))


@contextmanager
def _centre(folder: Path) -> Iterator[_Centre]:
    site = folder / "site.toml"
    more = (COUNTER.format(id=number) for number in range(3, CLERKS + 1))
    site.write_text(SITE.read_text() + "".join(more))
    port, desk_port = free_port(), free_port()
    shared = {"BROKER__PORT": port, "SITE__BOOKINGS_FILE": "", "DESK__HOST": "127.0.0.1"}
    module_settings = {**shared, "MODULE__DATABASE": folder / "queue.db"}
    module = ProgramProcess("module", folder, module_settings, site=site)
    desk = ProgramProcess("desk", folder, {**shared, "DESK__PORT": desk_port}, site=site)
    with ExitStack() as stack:
        stack.enter_context(Broker(folder / "broker", port))
        observer = stack.enter_context(Observer("demo", port))
        stack.enter_context(module.running())
        stack.enter_context(desk.running())
        kiosk = _Kiosk(port)
        stack.callback(kiosk.link.stop)
        centre = _Centre(port, desk_port, desk, kiosk, observer)
        _until_heard(centre)
        yield centre


def _until_heard(centre: _Centre) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if json.loads(centre.get("/health"))["fresh"]:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise TimeoutError("the desk does not hear the module")


@contextmanager
def _browser(centre: _Centre) -> Iterator[Page]:
    """A clerk's, at counter 1."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        open_counter(page, centre.address)
        yield page
        browser.close()


def _calls(centre: _Centre, page: Page) -> tuple[Sample, Sample, Sample]:
    shown = Sample("call (the clerk's key) → the number on the page")
    published = Sample("call (the clerk's key) → the call is published for the board")
    asked = Sample("a request to the desk")
    page.wait_for_selector("#call-next[aria-disabled=false]")
    for _ in range(CALLS):
        asked.seconds.append(page.evaluate(ASKED) / 1000)
        waiting = page.evaluate_handle(UNTIL_SHOWN)
        pressed = time.monotonic()
        page.keyboard.press(" ")
        shown.seconds.append(page.evaluate("(each) => each.shown", waiting) / 1000)
        at = centre.observer.wait(partial(_called_since, centre, pressed), "a call")
        published.seconds.append(at - pressed)
        page.keyboard.press("f")
        page.wait_for_selector("dialog[open]")
        page.keyboard.press("Enter")
        page.wait_for_selector("#call-next[aria-disabled=false]")
        page.wait_for_selector("dialog[open]", state="hidden")
    return shown, published, asked


def _called_since(centre: _Centre, moment: float) -> float | None:
    calls = centre.observer.events(TicketCalled)
    return calls[-1][0] if calls and calls[-1][0] > moment else None


def _weight(centre: _Centre, page: Page) -> str:
    """Of the page with all that it loads, beside the words on it."""
    cookie = "; ".join(f"{each['name']}={each['value']}" for each in page.context.cookies())
    html = centre.get("/", cookie)
    files = [centre.get(f"/{name}") for name in FILES]
    packed = sum(len(zlib.compress(each, wbits=31)) for each in (html, *files))
    words = len(page.inner_text("body").encode())
    whole = len(html) + sum(map(len, files))
    return (
        f"The page with {WAITING + CALLS} visitors waiting: {whole / 1024:.0f} KiB in "
        f"{1 + len(files)} requests, {packed / 1024:.0f} KiB if it were compressed; the page itself"
        f" {len(html) / 1024:.0f} KiB, {len(html) / words:.1f} times the {words / 1024:.1f} KiB of "
        f"words that are seen on it."
    )


if __name__ == "__main__":
    main()
