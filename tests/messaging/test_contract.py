"""Topics, booking codes, the outbox and the documents of the contract."""

import json

import pytest

from messaging.booking_code import (
    ForeignCodeError,
    OtherCentreError,
    booking_digest,
    code_in_qr,
    qr_text,
    ticket_in_qr,
    ticket_qr,
)
from messaging.outbox import RESEND_SECONDS, Outbox, OutboxFullError
from messaging.topics import BadTopicError, Topics
from rinda.documents import generated
from tests.conftest import ROOT


def test_the_documents_are_current() -> None:
    docs = ROOT / "docs"
    for name, text in generated(docs).items():
        assert (docs / name).read_text() == text, f"run `rinda documents`: {name}"


def test_every_reference_in_the_description_leads_somewhere() -> None:
    text = (ROOT / "docs" / "asyncapi.json").read_text()
    described = json.loads(text)

    def references(part: object) -> list[str]:
        if isinstance(part, dict):
            inner = [each for value in part.values() for each in references(value)]
            return inner + ([part["$ref"]] if isinstance(part.get("$ref"), str) else [])
        return [x for each in part for x in references(each)] if isinstance(part, list) else []

    for reference in set(references(described)):
        target = described
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]


def test_a_topic_tells_its_sender() -> None:
    topics = Topics("demo")
    assert topics.sender_of(topics.command("kiosk-1")) == "kiosk-1"
    assert topics.sender_of(topics.unit_status("kiosk-1")) == "kiosk-1"


@pytest.mark.parametrize("name", ["", "+", "#", "a/b", "A", "a" * 49, "ā", "a\n"])
def test_no_wildcard_or_slash_slips_into_a_topic(name: str) -> None:
    with pytest.raises(BadTopicError):
        Topics("demo").command(name)
    with pytest.raises(BadTopicError):
        Topics(name)


def test_a_ticket_goes_out_and_is_found_again_in_its_own_centre_only() -> None:
    text = ticket_qr("demo", "0123456789abcdef")
    assert ticket_in_qr(f"{text}\r\n", "demo") == "0123456789abcdef"
    assert ticket_in_qr(text, "elsewhere") is None
    assert ticket_in_qr(qr_text("demo", "K7QM2WDX4T"), "demo") is None
    with pytest.raises(OtherCentreError):
        code_in_qr(text, "elsewhere")
    with pytest.raises(ForeignCodeError):
        code_in_qr(text, "demo")


def test_a_booking_code_goes_out_and_comes_back() -> None:
    assert code_in_qr(qr_text("demo", "K7QM2WDX4T") + "\r\n", "demo") == "K7QM2WDX4T"
    digest = booking_digest("a secret of the centre", "K7QM2WDX4T")
    assert len(digest) == 32
    assert digest != booking_digest("another secret here", "K7QM2WDX4T")


@pytest.mark.parametrize(
    "text", ["", "https://example.org", "RINDA:1:DEMO:", "RINDA:2:DEMO:K7QM2WDX4T"]
)
def test_a_foreign_code_is_told_apart(text: str) -> None:
    with pytest.raises(ForeignCodeError):
        code_in_qr(text, "demo")
    with pytest.raises(OtherCentreError):
        code_in_qr(qr_text("elsewhere", "K7QM2WDX4T"), "demo")


def test_the_outbox_sends_again_until_answered_or_too_old() -> None:
    outbox = Outbox(limit=2)
    outbox.add("one", b"1", now=0.0, seconds=5.0)
    outbox.add("two", b"2", now=0.0, seconds=5.0)
    with pytest.raises(OutboxFullError):
        outbox.add("three", b"3", now=0.0, seconds=5.0)
    assert outbox.due(0.0) == [("one", b"1"), ("two", b"2")]
    assert outbox.due(0.5) == []
    assert outbox.take("one")
    assert not outbox.take("one")
    assert outbox.due(RESEND_SECONDS) == [("two", b"2")]
    assert outbox.expired(4.9) == []
    assert outbox.expired(5.0) == ["two"]
    assert len(outbox) == 0
