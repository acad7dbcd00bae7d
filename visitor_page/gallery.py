"""Pictures of what a phone shows: ``python -m visitor_page.gallery FOLDER lv 390x844``."""

import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import CDPSession, Page, async_playwright

import config
from config.load import load_settings
from config.settings import Settings
from messaging.messages import (
    BoardCall,
    BoardState,
    CounterView,
    RefusalView,
    Reply,
    TicketView,
    WaitView,
)
from queue_core.commands import Command
from queue_core.life import Status
from queue_core.model import Kind
from queue_core.refusals import RefusalCode
from visitor_page.board import Board
from visitor_page.pages import Pages
from visitor_page.tickets import Tickets
from visitor_page.web import Web
from web.pictures import CHROMIUM, serving, take_pictures

DEMO_SITE = Path(config.__file__).parent / "sites/demo/site.toml"
NOW = datetime(2026, 11, 24, 8, 41, 7, tzinfo=UTC)
ID = "0123456789abcdef" * 2


@dataclass(frozen=True, slots=True)
class Scene:
    """`ticket`: what is other than usual of it; None: nobody knows it. `calls` of it, to `counter`.
    `opens`: what is opened before the picture is taken. `large`: letters set to twice their size;
    `wide`: the phone lies on its side."""

    ticket: Mapping[str, Any] | None = None
    counter: str = ""
    recalls: int = 0
    heard: bool = True
    opens: str = ""
    dark: bool = False
    large: bool = False
    wide: bool = False


SCENES: Mapping[str, Scene] = {
    "waiting": Scene({}),
    "dark": Scene({}, dark=True),
    "large": Scene({}, large=True),
    "wide": Scene({}, wide=True),
    "appointment": Scene({"slot_starts_at": NOW + timedelta(minutes=19), "kind": Kind.SLOT}),
    "leaving": Scene({}, opens="summary"),
    "called": Scene({"status": Status.CALLED}, counter="2"),
    "called-dark": Scene({"status": Status.CALLED}, counter="2", dark=True),
    "recalled": Scene({"status": Status.CALLED}, counter="kabinets", recalls=1),
    "called-large": Scene({"status": Status.CALLED}, counter="kabinets", large=True),
    "called-wide": Scene({"status": Status.CALLED}, counter="kabinets", wide=True),
    "sound": Scene({}, opens="#sound-on"),
    "serving": Scene({"status": Status.SERVING}),
    "held": Scene({"status": Status.HELD}),
    "missed": Scene({"status": Status.NO_SHOW}),
    "rating": Scene({"status": Status.SERVED}),
    "rating-large": Scene({"status": Status.SERVED}, large=True),
    "rating-wide": Scene({"status": Status.SERVED}, wide=True),
    "thanks": Scene({"status": Status.SERVED, "rated": True}),
    "over": Scene({"status": Status.CANCELLED}),
    "lost": Scene({}, heard=False),
    "nothing": Scene(),
}


async def scenes(language: str, size: tuple[int, int]) -> AsyncIterator[tuple[str, Page]]:
    """Every scene in its turn, by name, drawn by one browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**CHROMIUM)
        page = await browser.new_page()
        chromium = await page.context.new_cdp_session(page)
        for name, scene in SCENES.items():
            board = Board(lambda: 0.0)
            async with serving(_web(board, scene).application) as address:
                await _hold(page, chromium, scene, size)
                await _draw(page, scene, board, f"{address}/{ID}?language={language}")
                yield name, page
                await page.goto("about:blank")
                board.close()
        await browser.close()


async def _hold(page: Page, chromium: CDPSession, scene: Scene, size: tuple[int, int]) -> None:
    """The phone as its owner has set it, and holds it."""
    width, height = size[::-1] if scene.wide else size
    await page.set_viewport_size({"width": width, "height": height})
    await page.emulate_media(color_scheme="dark" if scene.dark else "light")
    letters = {"standard": 32 if scene.large else 16}
    await chromium.send("Page.setFontSizes", {"fontSizes": letters})


async def _draw(page: Page, scene: Scene, board: Board, address: str) -> None:
    await page.goto(address)
    if scene.ticket is not None:
        await page.wait_for_selector("#place[data-html]", state="attached")  # the stream began
    if not scene.heard:
        board.take_connection(False)
        await page.wait_for_selector("#lost:not([hidden])")
    if scene.opens:
        await page.click(scene.opens)


def _web(board: Board, scene: Scene) -> Web:
    settings = _demo()
    board.take_connection(True)
    for seconds in (2, 0):
        board.take(board_of(scene, NOW - timedelta(seconds=seconds)))

    async def ask(command: Command) -> Reply | None:
        if scene.ticket is None:
            return Reply(id="picture-1", refusal=RefusalView(code=RefusalCode.UNKNOWN_TICKET))
        return Reply(id="picture-1", ticket=ticket().model_copy(update=scene.ticket))

    tickets = Tickets(ask, board, lambda: 0.0)
    return Web(Pages(settings), board, tickets, settings.site.languages, lambda: 0.0)


@cache
def _demo() -> Settings:
    return load_settings([DEMO_SITE], {})


def ticket() -> TicketView:
    """One who waits."""
    return TicketView(
        id=ID,
        number="A 042",
        service="vsaa-slimiba",
        kind=Kind.WALK_IN,
        status=Status.WAITING,
        language="lv",
        arrived_at=NOW,
        due_at=NOW + timedelta(minutes=30),
        ahead=3,
        wait=WaitView(low=10, high=20),
    )


def board_of(scene: Scene, at: datetime = NOW) -> BoardState:
    """The board of a scene."""
    settings = _demo()
    calls = tuple(
        BoardCall(
            call=56,
            number="A 042",
            language="lv",
            counter=CounterView(id=each.id, sign=each.sign, name=each.name, spoken=each.spoken),
            announced_at=at,
            recalls=scene.recalls,
            open=True,
        )
        for each in settings.counter
        if each.id == scene.counter
    )
    return BoardState(
        sequence=57,
        at=at,
        name=settings.site.name,
        timezone=settings.site.timezone,
        calls=calls,
        waiting=4,
        groups=(),
    )


if __name__ == "__main__":
    sys.exit(take_pictures("phone", scenes, sys.argv[1:]))
