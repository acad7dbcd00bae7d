"""Pictures of every state of the staff's page: ``python -m desk.gallery FOLDER lv 1366x768``."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from playwright.async_api import Page, async_playwright

import config
from config.load import load_settings
from config.pins import Throttle
from desk import demo, demo_figures
from desk.browser import LANGUAGE
from desk.demo import Morning
from desk.interface import SESSION
from desk.pages import Pages
from desk.sessions import Session, Sessions
from desk.sign_in import Door
from desk.watch import Watch
from desk.web import Web
from messaging.messages import RefusalView, Reply
from queue_core.commands import AskReport, Command
from queue_core.life import Status, Verb
from queue_core.model import CounterStatus
from queue_core.refusals import RefusalCode
from web.pictures import CHROMIUM, serving, take_pictures

DEMO_SITE = Path(config.__file__).parent / "sites/demo/site.toml"
Step = Callable[[Page], Awaitable[object]]


async def _nothing(page: Page) -> None:
    """The picture shows the page as it opens."""


async def _press(key: str, page: Page) -> None:
    await page.keyboard.press(key)


async def _click(selector: str, page: Page) -> None:
    await _see_all(page)
    await page.locator(selector).click()


async def _visit(path: str, page: Page) -> None:
    await page.goto(f"{page.url}{path}")


async def _close_a_day(page: Page) -> None:
    await _visit("settings/exception/new", page)
    await page.locator("#dates").fill("2026-11-26")
    await page.locator("main .primary").click()
    await page.locator("main .changes").wait_for()


async def _see_all(page: Page) -> None:
    if await page.locator("#more").is_visible():
        await page.locator("#more").click()


async def _call_next(page: Page) -> None:
    await page.keyboard.press(" ")
    await page.wait_for_selector("#insist:not([hidden])")


async def _look_down(page: Page) -> None:
    await _see_all(page)
    await page.locator("#shortcuts").scroll_into_view_if_needed()


async def _figures(page: Page) -> None:
    days = f"first={demo_figures.FIRST}&last={demo_figures.LAST}"
    await page.goto(f"{page.url}figures?{days}")


async def _figures_below(page: Page) -> None:
    await _figures(page)
    await page.locator("section:has(img) >> nth=1").scroll_into_view_if_needed()


async def _bookings(*args: Any) -> None:
    *clicks, page = args
    await page.goto(f"{page.url}bookings")
    for each in clicks:
        await page.locator(each).first.click()


async def _units(button: str, page: Page) -> None:
    await page.goto(f"{page.url}units")
    await page.locator(button).first.click()
    await page.locator("main .choices, main .code").wait_for()


async def _free_times(page: Page) -> None:
    await _bookings("#services a", page)
    await page.locator("#week :focus").wait_for()


async def _booked(page: Page) -> None:
    """The button that has the focus may be below a small window."""
    await _bookings("#services a", "#week button", page)
    await page.locator("#take-home :focus").wait_for()
    await page.evaluate("scrollTo(0, 0)")


SCENES: Mapping[str, tuple[Morning, bool, Step]] = {
    "sign-in": (Morning(), True, _nothing),
    "closed": (Morning(counter=CounterStatus.CLOSED), True, _nothing),
    "empty": (Morning(queue=False), True, _nothing),
    "ready": (Morning(), True, _nothing),
    "undo": (Morning(undoable=Verb.NO_SHOW), True, _nothing),
    "insist": (Morning(), True, _call_next),
    "day": (Morning(keep_overnight=True, tickets_end=demo.NOW), True, _look_down),
    "overnight": (Morning(), True, partial(_click, "#overnight")),
    "ending": (Morning(), True, partial(_click, "#end-tickets")),
    "called": (Morning(at_counter=Status.CALLED, undoable=Verb.CALL), True, _nothing),
    "serving": (Morning(at_counter=Status.SERVING, called_ago=754), True, _nothing),
    "finish": (Morning(at_counter=Status.SERVING), True, partial(_press, "f")),
    "account": (Morning(), True, partial(_press, "a")),
    "amend": (Morning(), True, partial(_click, "#amend-account-1")),
    "transfer": (Morning(at_counter=Status.SERVING), True, partial(_press, "t")),
    "out-of-turn": (Morning(), True, partial(_click, "#call-ticket-a-043")),
    "attention": (Morning(at_counter=Status.CALLED, shown=False, paper=False), True, _nothing),
    "help": (Morning(help=True), True, _nothing),
    "whole": (Morning(at_counter=Status.SERVING), True, _see_all),
    "figures": (Morning(), True, _figures),
    "charts": (Morning(), True, _figures_below),
    "keys": (Morning(), True, partial(_press, "?")),
    "bookings": (Morning(), True, _bookings),
    "free-times": (Morning(), True, _free_times),
    "booked": (Morning(), True, _booked),
    "settings": (Morning(), True, partial(_visit, "settings")),
    "setting": (Morning(), True, partial(_visit, "settings/service/new")),
    "closing": (Morning(), True, _close_a_day),
    "lost": (Morning(at_counter=Status.SERVING), False, _nothing),
    "units": (Morning(), True, partial(_visit, "units")),
    "unit-code": (Morning(), True, partial(_units, "[value=card]")),
    "shut-out": (Morning(), True, partial(_units, "[value=revoke]")),
}
"""Name → the morning, whether the queue is heard, what is done before the picture."""


async def scenes(language: str, size: tuple[int, int]) -> AsyncIterator[tuple[str, Page]]:
    """Every scene in its turn, by name, drawn by one browser from a desk of its own."""
    watch = Watch(lambda: 0.0, "desk")
    sessions = Sessions(60, lambda: 0.0)
    async with (
        serving(_web(watch, sessions).application) as address,
        async_playwright() as playwright,
    ):
        browser = await playwright.chromium.launch(**CHROMIUM)
        context = await browser.new_context(viewport={"width": size[0], "height": size[1]})
        await context.add_cookies([{"name": LANGUAGE, "value": language, "url": address}])
        for name in SCENES:
            _set_scene(watch, name)
            page = await context.new_page()
            await _draw(page, name, f"{address}/")
            yield name, page
            await page.close()
            if name == "sign-in":
                token = sessions.open(Session("klientu-1", "1", manages_units=True))
                await context.add_cookies([{"name": SESSION, "value": token, "url": address}])
        await browser.close()
        watch.close()


def _web(watch: Watch, sessions: Sessions) -> Web:
    settings = load_settings([DEMO_SITE], {})

    institutions = {each.id: each.institution for each in settings.service}

    async def ask(command: Command, by: str) -> Reply | None:
        if isinstance(command, AskReport):
            return Reply(id="picture-1", report=demo_figures.week(command, institutions))
        facts = {"number": "K 002", "starts_at": "2026-11-24T11:00:00+02:00"}
        refusal = RefusalView(code=RefusalCode.SLOT_SOON, facts=facts)
        return Reply(id="picture-1", refusal=refusal)

    pages = Pages(settings)
    return Web(
        pages=pages,
        door=Door(settings.staff, Throttle(lambda: 0.0)),
        sessions=sessions,
        watch=watch,
        ask=ask,
        languages=settings.site.languages,
        bookings=demo.appointments(settings, pages, sessions, watch),
        more=demo.units_page(pages, sessions, watch).routes,
    )


def _set_scene(watch: Watch, name: str) -> None:
    morning, heard, _ = SCENES[name]
    state = morning.state()
    watch.take_queue(state.model_copy(update={"at": state.at - timedelta(seconds=2)}))
    watch.take_queue(state)
    watch.take_bookings(demo.bookings())
    watch.take_settings(demo.changed_settings(load_settings([DEMO_SITE], {})))
    for unit in demo.units(paper=morning.paper):
        watch.take_unit(unit)
    if name in {"units", "unit-code", "shut-out"}:
        demo.tell_machines(watch)
    watch.take_connection(heard)


async def _draw(page: Page, name: str, address: str) -> None:
    await page.goto(address)
    if name != "sign-in":
        await page.wait_for_selector("main [aria-disabled]", state="attached")  # the stream began
    await SCENES[name][2](page)


if __name__ == "__main__":
    sys.exit(take_pictures("desk", scenes, sys.argv[1:]))
