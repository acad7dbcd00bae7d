"""The catalogues: complete, well-formed, and right in Latvian."""

import re
import string
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from babel.messages import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from image.bundle import DEVELOPMENT
from queue_core.model import CallReason, CallRule
from queue_core.refusals import RefusalCode
from tests.conftest import ROOT
from texts import language, machines
from texts.sentences import fault, reason, refusal

RIGA = ZoneInfo("Europe/Riga")
DUE = datetime(2026, 11, 24, 8, 32, tzinfo=UTC)
ROOMS = (
    "appliance",
    "config",
    "drivers",
    "firmware_bridge",
    "kiosk",
    "queue_display",
    "desk",
    "rinda",
    "selftest",
    "texts",
    "visitor_page",
)
KEYWORDS = {"text": None, "plural": (1, 2), "phrase": None, "source": None}


def sources() -> Iterator[str | tuple[str, ...]]:
    """Every source sentence in the code and in the desk's templates."""
    for room in ROOMS:
        methods = [("**.py", "python"), ("**.html", "jinja2")]
        found = extract_from_dir(ROOT / room, methods, keywords=KEYWORDS)
        yield from (message for _, _, message, _, _ in found)


def fields(text: str) -> set[str | None]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field}


def _strings(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (str(message.string),)


def test_every_sentence_has_its_latvian() -> None:
    with (ROOT / "texts" / "lv.po").open("rb") as file:
        catalogue = read_po(file, locale="lv")
    missing = []
    for source in sources():
        message = catalogue.get(source if isinstance(source, str) else source[0])
        if message is None or not all(_strings(message)):
            missing.append(source)
    assert missing == []


def test_no_sentence_is_kept_that_nobody_says() -> None:
    said = {each if isinstance(each, str) else each[0] for each in sources()}
    with (ROOT / "texts" / "lv.po").open("rb") as file:
        kept = {m.id if isinstance(m.id, str) else m.id[0] for m in read_po(file) if m.id}
    assert kept - said == set()


def test_translations_fill_the_same_places() -> None:
    with (ROOT / "texts" / "lv.po").open("rb") as file:
        for message in read_po(file, locale="lv"):
            if not message.id:
                continue
            source = message.id if isinstance(message.id, str) else message.id[-1]
            for each in _strings(message):
                assert fields(each) == fields(source), each


@pytest.mark.parametrize("code", [*RefusalCode, "something new"])
@pytest.mark.parametrize("tongue", ["lv", "en"])
def test_every_refusal_has_a_plain_sentence(code: str, tongue: str) -> None:
    said = refusal(language(tongue), code, {"starts_at": "2026-11-26T09:30:00+02:00"}, RIGA)
    assert re.fullmatch(r".*[.]", said)
    assert "{" not in said


def test_the_reason_of_a_call() -> None:
    why = CallReason(CallRule.EARLIEST_DUE, DUE, "B 007", DUE.replace(minute=35))
    assert (
        reason(language("en"), why, "A 042", RIGA)
        == "A 042 was due at 10:32, before B 007 at 10:35."
    )
    for rule in CallRule:
        why = CallReason(rule, DUE, note="mazs bērns")
        assert "A 042" in reason(language("lv"), why, "A 042", RIGA)


def test_days_and_faults_in_both_languages() -> None:
    assert language("lv").day(DUE.date()) == "otrdiena, 24. novembris"
    assert language("en").day(DUE.date()) == "Tuesday, 24 November"
    assert fault(language("lv"), "paper_out") == "Numuriņu printerī beidzies papīrs."
    assert "strange" in fault(language("lv"), "strange")


def test_an_unknown_language_speaks_the_source() -> None:
    assert language("xx").text("There is no sound.") == "There is no sound."


def test_a_key_of_the_workshop_is_said_to_be_one() -> None:
    assert machines.signer(language("en"), "Rinda") == "Rinda"
    assert "only" in machines.signer(language("en"), DEVELOPMENT)


def test_staff_are_told_of_an_older_version_as_long_as_it_runs() -> None:
    said = machines.update(language("en"), "done", "0.9", None, "downgraded")
    assert said == "Version 0.9 runs. It is older: somebody asked for that."
    assert not machines.update(language("en"), "done", "0.9", None, "")
