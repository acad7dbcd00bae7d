"""Pictures of the specialist's page: ``python -m desk.specialist.gallery FOLDER lv 1366x768``."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from playwright.async_api import Page, async_playwright

from config.pins import Throttle
from desk.browser import LANGUAGE
from desk.interface import SESSION
from desk.sessions import Session, Sessions
from desk.sign_in import Door
from desk.specialist import demo
from desk.specialist.demo import Morning, Slot
from desk.specialist.orders import Orders
from desk.specialist.pages import Pages
from desk.specialist.web import Web
from desk.watch import Watch
from messaging.messages import Reply
from queue_core.commands import Command
from queue_core.life import Status, Verb
from queue_core.model import CounterStatus
from web.pictures import CHROMIUM, serving, take_pictures

Step = Callable[[Page], Awaitable[object]]

CLOSED = CounterStatus.CLOSED
FIRST = (Slot(-61, "K 001", None), Slot(-21, "K 002"), Slot(19))
SECOND = (Slot(-41, "K 001", Status.NO_SHOW), Slot(-1, "K 002"), Slot(39, "K 003"))
THIRD = (Slot(-11), Slot(59))


async def _nothing(page: Page) -> None:
    """The picture shows the page as it opens."""


async def _press(key: str, page: Page) -> None:
    await page.keyboard.press(key)


async def _insist(page: Page) -> None:
    await page.keyboard.press(" ")
    await page.wait_for_selector("#insist:not([hidden])")


async def _see_all(page: Page) -> None:
    if await page.locator("#more").is_visible():
        await page.locator("#more").click()


async def _out_of_turn(page: Page) -> None:
    await _see_all(page)
    await page.locator("#call-ezermala-ticket-k-003").click()


def _with_visitor(status: Status, *, shown: bool = True) -> Morning:
    slots = (FIRST[0], Slot(-21, "K 002", status), FIRST[2])
    return Morning(slots, shown=shown, undoable=Verb.CALL)


@dataclass(frozen=True, slots=True)
class Scene:
    """What the first centre's room does, which centres are out of reach, and what is pressed."""

    first: Morning = field(default_factory=lambda: Morning(FIRST))
    status: CounterStatus = CounterStatus.OPEN
    lost: frozenset[str] = field(default_factory=frozenset)
    step: Step = _nothing


SCENES: Mapping[str, Scene] = {
    "sign-in": Scene(),
    "closed": Scene(Morning(FIRST, CLOSED), CLOSED),
    "ready": Scene(),
    "called": Scene(_with_visitor(Status.CALLED)),
    "serving": Scene(_with_visitor(Status.SERVING), step=_see_all),
    "finish": Scene(_with_visitor(Status.SERVING), step=partial(_press, "f")),
    "out-of-turn": Scene(step=_out_of_turn),
    "attention": Scene(_with_visitor(Status.CALLED, shown=False), lost=frozenset({"priedaine"})),
    "doubt": Scene(_with_visitor(Status.SERVING), lost=frozenset({"paraugpils"}), step=_insist),
    "keys": Scene(step=partial(_press, "?")),
    "lost": Scene(lost=frozenset(demo.NAMES)),
}


async def scenes(language: str, size: tuple[int, int]) -> AsyncIterator[tuple[str, Page]]:
    """Every scene in its turn, by name, drawn by one browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**CHROMIUM)
        for name, scene in SCENES.items():
            watches = _watches(scene)
            sessions = Sessions(60, lambda: 0.0)
            async with serving(_web(watches, sessions).application) as address:
                context = await browser.new_context(viewport={"width": size[0], "height": size[1]})
                cookies = {LANGUAGE: language}
                if name != "sign-in":
                    cookies[SESSION] = sessions.open(Session("klientu-1", ""))
                await context.add_cookies(
                    [
                        {"name": each, "value": text, "url": address}
                        for each, text in cookies.items()
                    ]
                )
                page = await context.new_page()
                await page.goto(f"{address}/")
                if name != "sign-in":
                    await page.wait_for_selector("button[aria-disabled]", state="attached")
                await scene.step(page)
                yield name, page
                for each in watches.values():
                    each.close()
                await context.close()
        await browser.close()


def _watches(scene: Scene) -> dict[str, Watch]:
    mornings = {
        "paraugpils": scene.first,
        "ezermala": Morning(SECOND, scene.status),
        "priedaine": Morning(THIRD, CLOSED),
    }
    watches = {name: Watch(lambda: 0.0, "desk") for name in mornings}
    for name, watch in watches.items():
        mornings[name].tell(watch)
        watch.take_connection(name not in scene.lost)
    return watches


def _web(watches: Mapping[str, Watch], sessions: Sessions) -> Web:
    async def ask(command: Command, by: str) -> Reply | None:
        return None

    settings = demo.settings()
    rooms = demo.rooms(dict.fromkeys(watches, ask), watches)
    return Web(
        Pages(settings, rooms),
        Door(settings.staff, Throttle(lambda: 0.0)),
        sessions,
        Orders(rooms, lambda: 0.0),
        settings.specialist.languages,
    )


if __name__ == "__main__":
    sys.exit(take_pictures("specialist", scenes, sys.argv[1:]))
