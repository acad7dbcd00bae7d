import json
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from desk.orders import answer_text, order
from messaging.codec import BadMessageError
from messaging.messages import RefusalView, Reply, Role
from messaging.roles import ORDERS
from queue_core import commands as c
from queue_core.model import GivenService
from queue_core.refusals import RefusalCode
from texts import language

RIGA = ZoneInfo("Europe/Riga")


def ordered(name: object, **body: object) -> c.Command:
    return order(json.dumps({"name": name, "body": body}).encode(), "1")[0]


@pytest.mark.parametrize(
    ("name", "body", "command"),
    [
        ("call_next", {}, c.CallNext("1")),
        ("call_next", {"insist": True}, c.CallNext("1", insist=True)),
        ("undo", {}, c.Undo("1")),
        ("prioritise", {"ticket": "t"}, c.Prioritise("t")),
        ("keep_overnight", {"keep": True}, c.KeepOvernight(True)),
        ("end_tickets", {"at": "15:30"}, c.EndTickets(time(15, 30))),
        ("recall", {"ticket": "t"}, c.Recall("1", "t")),
        ("resume", {"ticket": "t"}, c.Resume("t")),
        ("transfer", {"ticket": "t", "to_counter": "2"}, c.Transfer("1", "t", None, "2")),
        ("call_ticket", {"ticket": "t", "reason": "x"}, c.CallTicket("1", "t", "x")),
        (
            "finish",
            {"ticket": "t", "given": [{"service": "s", "count": 2}]},
            c.Finish("1", "t", (GivenService("s", 2),)),
        ),
    ],
)
def test_an_order_is_a_command_for_the_own_counter(
    name: str, body: dict[str, Any], command: c.Command
) -> None:
    assert ordered(name, **body) == command


def test_every_order_is_a_command_of_the_contract() -> None:
    assert set(c.COMMANDS) >= ORDERS[Role.DESK]


def test_another_counter_cannot_be_named() -> None:
    with pytest.raises(BadMessageError):
        ordered("call_next", counter="2")


@pytest.mark.parametrize(
    "name",
    ["take_ticket", "cancel", "ask_report", "open_day", "promise_wait", "nonsense", "", None, []],
)
def test_other_commands_are_refused(name: object) -> None:
    with pytest.raises(BadMessageError):
        ordered(name, ticket="t", service="s", language="lv")


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"null",
        b'"call_next"',
        b"\xff",
        b"[" * 8000,
        b'{"name": "call_next"}',
        b'{"name": "call_next", "body": 5}',
        b'{"name": "recall", "body": {}}',
        b'{"name": "recall", "body": {"ticket": 7}}',
        b'{"name": "finish", "body": {"ticket": "t", "given": [{"service": "s", "count": NaN}]}}',
    ],
)
def test_what_is_not_an_order_is_refused(payload: bytes) -> None:
    with pytest.raises(BadMessageError):
        order(payload, "1")


def test_no_answer_is_said() -> None:
    said = answer_text(language("en"), RIGA, "call_next", None)
    assert said.startswith("No answer from the queue module.")


def test_a_refusal_is_one_plain_sentence() -> None:
    refusal = RefusalView(code=RefusalCode.COUNTER_BUSY, facts={"number": "A 042"})
    reply = Reply(id="12345678", refusal=refusal)
    assert answer_text(language("en"), RIGA, "call_next", reply) == "First finish with A 042."


@pytest.mark.parametrize("code", ["lv", "en"])
def test_every_order_that_was_done_is_said(code: str) -> None:
    for name in ORDERS[Role.DESK]:
        assert answer_text(language(code), RIGA, name, Reply(id="12345678"))
