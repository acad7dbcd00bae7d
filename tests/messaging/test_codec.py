"""Bytes ⇄ messages."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.codec import (
    BadMessageError,
    UnknownCommandError,
    decode_command,
    decode_event,
    encode_command,
    encode_event,
)
from queue_core.commands import COMMANDS, MODULE_ONLY, Cancel, Request
from queue_core.events import EVENTS, Recorded
from queue_core.evolve import evolve
from queue_core.model import State

MOMENTS = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - hypothesis wants it naive
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
st.register_type_strategy(datetime, MOMENTS)
st.register_type_strategy(date, st.dates())
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
st.register_type_strategy(Mapping, st.dictionaries(st.text(), st.text()))
SENDABLE = [each for name, each in COMMANDS.items() if name not in MODULE_ONLY]


def test_a_ticket_of_an_older_log_is_still_read() -> None:
    recorded = decode_event(
        b'{"sequence":7,"at":"2026-11-20T08:41:00Z","command_id":"0123456789","sender":"kiosk",'
        b'"name":"ticket_taken","body":{"ticket":"0123456789","series":"A","number":1,'
        b'"service":"vsaa-slimiba","kind":"walk_in","language":"lv",'
        b'"counts_from":"2026-11-20T08:41:00Z","due_at":"2026-11-20T09:11:00Z","booking":null}}'
    )
    ticket = evolve(State(), recorded).tickets["0123456789"]
    assert (ticket.offered, ticket.instead_of, ticket.rated) == (False, "", None)


@given(st.sampled_from(SENDABLE).flatmap(st.from_type))
def test_every_command_comes_back_the_same(command: Any) -> None:
    request = Request("command-1", "desk", command, "klientu-1")
    payload = encode_command(request)
    try:
        assert decode_command(payload, "desk") == request
    except BadMessageError as error:
        assert "at most" in str(error)  # noqa: PT017 - a text longer than any command may be


@given(st.sampled_from(list(EVENTS.values())).flatmap(st.from_type), MOMENTS)
def test_every_event_comes_back_the_same(event: Any, at: datetime) -> None:
    recorded = Recorded(7, at, "command-1", "kiosk", event)
    assert decode_event(encode_event(recorded)) == recorded


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_without_harm(payload: bytes) -> None:
    with pytest.raises(BadMessageError):
        decode_command(payload, "kiosk")


def test_unknown_fields_are_ignored() -> None:
    payload = (
        b'{"id":"command-1","name":"cancel","colour":"red","body":{"ticket":"t","haste":true}}'
    )
    assert decode_command(payload, "kiosk").command == Cancel("t")


def test_an_unknown_command_can_be_answered() -> None:
    with pytest.raises(UnknownCommandError) as caught:
        decode_command(b'{"id":"command-1","name":"dance","body":{}}', "kiosk")
    assert caught.value.command_id == "command-1"


def test_a_reason_never_repeats_the_payload() -> None:
    secret = "K7QM2WDX4T"
    payload = f'{{"id":"command-1","name":"check_in","body":{{"booking":["{secret}"]}}}}'
    with pytest.raises(BadMessageError) as caught:
        decode_command(payload.encode(), "kiosk")
    assert secret not in str(caught.value)
