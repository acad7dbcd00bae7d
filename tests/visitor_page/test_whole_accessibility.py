"""Every scene of the phones' page against WCAG 2.2 AA, on the smallest phone."""

import pytest

from tests.pages import broken_rules
from visitor_page.gallery import scenes

pytestmark = pytest.mark.whole

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
        broken += [f"{name}: {each}" for each in await broken_rules(page)]
        broken += [f"{name}: {each}" for each in await page.evaluate(TOO_WIDE_OR_SMALL)]
    assert not broken, "\n".join(broken)
