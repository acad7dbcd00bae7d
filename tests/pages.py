"""Web pages under test: asked over plain HTTP, or drawn by a browser."""

import http.client
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright import async_api
from playwright.sync_api import Page, sync_playwright

from web.pictures import CHROMIUM

WCAG = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
"""Version 2.2, level AA, as far as a program can tell."""


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str


def answer(
    address: str, method: str, path: str, body: str | bytes, headers: Mapping[str, str]
) -> Answer:
    """What the server at this `host:port` says."""
    connection = http.client.HTTPConnection(address, timeout=10)
    connection.request(method, path, body or None, dict(headers))
    response = connection.getresponse()
    answered = Answer(response.status, dict(response.headers), response.read().decode())
    connection.close()
    return answered


@contextmanager
def browsed(**options: Any) -> Iterator[Page]:
    """A browser's page, which fails the test when a script of it does. `options`: of the page."""
    errors: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)
        page = browser.new_page(**options)
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
        browser.close()
    assert errors == []


async def broken_rules(page: async_api.Page) -> list[str]:
    """What of WCAG the page breaks, with the elements that do."""
    axe: dict[str, Any] = (await Axe().run(page, options=WCAG)).response
    return [
        f"{each['id']}: {[node['html'] for node in each['nodes']]}" for each in axe["violations"]
    ]


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
