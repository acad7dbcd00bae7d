"""Every scene of the phones' page against WCAG 2.2 AA, on the smallest phone."""

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe

from visitor_page.gallery import scenes

pytestmark = pytest.mark.whole

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}

TOO_WIDE_OR_SMALL = """() => [
  ...[document.documentElement].filter((each) => each.scrollWidth > each.clientWidth),
  ...[...document.querySelectorAll("button, a, summary")]
    .filter((each) => each.checkVisibility())
    .filter((each) => each.getBoundingClientRect().height < 44),
  ...[...document.querySelectorAll("h1, .number")]
    .filter((each) => each.scrollWidth > each.clientWidth + 1),
].map((each) => each.outerHTML.slice(0, 60))"""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", ["lv", "en"])
async def test_no_scene_breaks_a_rule(language: str) -> None:
    broken = []
    async for name, page in scenes(language, (320, 640)):
        axe: dict[str, Any] = (await Axe().run(page, options=RULES)).response
        broken += [f"{name}: {each['id']}" for each in axe["violations"]]
        broken += [f"{name}: {each}" for each in await page.evaluate(TOO_WIDE_OR_SMALL)]
    assert not broken, "\n".join(broken)
