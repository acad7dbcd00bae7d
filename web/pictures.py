"""Pictures of pages, drawn by the system's Chromium, for galleries and tests."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn
from playwright.async_api import Error, Page
from starlette.types import ASGIApp

CHROMIUM: Mapping[str, Any] = {
    "executable_path": "/usr/bin/chromium",
    "args": [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--no-first-run",
    ],
}
"""How Playwright launches it."""

Scenes = Callable[[str, tuple[int, int]], AsyncIterator[tuple[str, Page]]]
"""Language, (width, height) → each scene's name and its page, in its turn."""


def take_pictures(room: str, scenes: Scenes, arguments: list[str]) -> int:
    """With ``FOLDER LANGUAGE WIDTHxHEIGHT``, draw every scene to
    ``FOLDER/<room>-<scene>-<language>-<size>.png``. Returns 0."""
    folder, language, size = Path(arguments[0]), *arguments[1:]
    width, height = (int(part) for part in size.split("x"))

    async def take() -> None:
        async for name, page in scenes(language, (width, height)):
            await _picture(page, folder / f"{room}-{name}-{language}-{size}.png")

    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(take())
    return 0


@asynccontextmanager
async def serving(application: ASGIApp, **options: Any) -> AsyncIterator[str]:
    """The application's own address, on a free port. `options`: of uvicorn."""
    server = uvicorn.Server(
        uvicorn.Config(application, port=0, log_config=None, lifespan="off", **options)
    )
    running = asyncio.create_task(server.serve())
    while not server.started:  # uvicorn offers no event to wait for
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await running


async def _picture(page: Page, file: Path) -> None:
    """Chromium without a screen is sometimes not ready for the first one."""
    try:
        await page.screenshot(path=file)
    except Error:
        await page.screenshot(path=file)
