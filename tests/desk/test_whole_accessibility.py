"""Every scene of the staff's pages against WCAG 2.2 AA: wide, on an old screen, in the smallest
window, and with the widest spacing of text."""

import pytest
from playwright.async_api import Page, ViewportSize

from desk import gallery
from desk.specialist import gallery as specialist
from tests.pages import broken_rules
from web.pictures import Scenes

pytestmark = pytest.mark.whole

LARGEST = (1366, 768)
OLD: ViewportSize = {"width": 1024, "height": 768}
SMALLEST: ViewportSize = {"width": 320, "height": 480}
"""400 % on a screen of 1280 pixels is 320 (WCAG 1.4.10)."""

SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets = [sheet];
}"""
"""As some readers need it (WCAG 1.4.12)."""

WIDER_THAN_THE_WINDOW = (
    "document.documentElement.scrollWidth - document.documentElement.clientWidth"
)

SMALL_TARGETS = """() =>
  [...document.querySelectorAll("button, a, input, select, label:has(input)")]
  .filter((each) => each.checkVisibility({ visibilityProperty: true }))
  .filter((each) => !each.matches("label input"))
  .map((each) => [each.getBoundingClientRect(), each.matches(".primary") ? 44 : 24, each])
  .filter(([box, least]) => box.height && (box.width < least || box.height < least))
  .map(([box, , each]) => `${each.outerHTML.slice(0, 60)} ${box.width}x${box.height}`)"""
"""Targets below 24 by 24 CSS pixels (2.5.8), the main ones below 44."""

CUT = """() => [...document.querySelectorAll("button, .urgent, .help p, .number, .next, h2")]
  .filter((each) => each.checkVisibility())
  .filter((each) => each.scrollWidth > each.clientWidth + 1)
  .map((each) => each.outerHTML.slice(0, 60))"""

MISNAMED = """() => [...document.querySelectorAll("button[aria-label], a[aria-label]")]
  .map((each) => [each.ariaLabel, [...each.childNodes].filter((part) => part.ariaHidden !== "true")
    .map((part) => part.textContent).join(" ").trim()])
  .filter(([name, seen]) => !name.includes(seen))"""
"""Whoever speaks to the browser says what is seen (WCAG 2.5.3)."""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize("scenes", [gallery.scenes, specialist.scenes], ids=["desk", "specialist"])
async def test_no_scene_breaks_a_rule(scenes: Scenes, language: str) -> None:
    broken = []
    async for name, page in scenes(language, LARGEST):
        found = [*await broken_rules(page), *await page.evaluate(MISNAMED), *await _measured(page)]
        broken += [f"{name}: {each}" for each in found]
        for size in (SMALLEST, OLD):
            await page.set_viewport_size(size)
            broken += [f"{name}, {size['width']} wide: {each}" for each in await _measured(page)]
        await page.evaluate(SPACED)
        broken += [f"{name}, spaced: {each}" for each in await _measured(page)]
    assert broken == []


async def _measured(page: Page) -> list[str]:
    wider = await page.evaluate(WIDER_THAN_THE_WINDOW)
    found = [f"{wider} pixels wider than the window"] if wider > 0 else []
    return [*found, *await page.evaluate(SMALL_TARGETS), *await page.evaluate(CUT)]
