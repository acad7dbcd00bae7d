"""What came of the card, as a text on it: the words of the screen, in Latvian and in English."""

from collections.abc import Callable

import texts
from appliance.setup.model import State
from appliance.setup.pages import Page, not_taken, page_of
from appliance.setup.told import LANGUAGES, Told
from texts import Language

MARKS = {"done": "+ ", "bad": "! ", "later": "- "}


def done(told: Told) -> str:
    """It was applied, and this is what the self-test found."""
    at_page = told.model_copy(update={"state": State.PAGE})
    return _said(lambda language: page_of(at_page, language))


def wrong(told: Told, why: str) -> str:
    """It was not, for its mistakes or for this reason."""
    mistaken = told.model_copy(update={"state": State.MISTAKEN})
    return _said(
        lambda language: not_taken(told, why, language) if why else page_of(mistaken, language)
    )


def _said(page: Callable[[Language], Page]) -> str:
    pages = (page(texts.language(each)) for each in LANGUAGES)
    return "\n\n".join("\n".join(_lines(each)) for each in pages) + "\n"


def _lines(page: Page) -> list[str]:
    items = (
        f"{MARKS.get(each.mark, '')}{each.title}" + (f": {each.detail}" if each.detail else "")
        for each in page.items
    )
    return [each for each in (page.heading, page.detail, *items) if each]
