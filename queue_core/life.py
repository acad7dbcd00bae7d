"""The life of a ticket. Everything that may change a ticket's status stands in this table.

A missing entry is a refusal. Besides the table there is only undo, which restores a ticket as it
was before the last action at a counter. The diagram in docs/ticket-life.md is made from it.
"""

from collections.abc import Mapping
from enum import StrEnum


class Status(StrEnum):
    """Where a ticket is in its life."""

    BOOKED = "booked"
    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    HELD = "held"
    SERVED = "served"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Verb(StrEnum):
    """What can be done with a ticket."""

    CHECK_IN = "check_in"
    PRIORITISE = "prioritise"
    CALL = "call"
    RECALL = "recall"
    START = "start"
    FINISH = "finish"
    NO_SHOW = "no_show"
    HOLD = "hold"
    RESUME = "resume"
    TRANSFER = "transfer"
    CANCEL = "cancel"
    EXPIRE = "expire"
    CORRECT = "correct"


TRANSITIONS: Mapping[tuple[Status, Verb], Status] = {
    (Status.BOOKED, Verb.CHECK_IN): Status.WAITING,
    (Status.BOOKED, Verb.EXPIRE): Status.EXPIRED,
    (Status.WAITING, Verb.PRIORITISE): Status.WAITING,
    (Status.WAITING, Verb.CALL): Status.CALLED,
    (Status.WAITING, Verb.HOLD): Status.HELD,
    (Status.WAITING, Verb.TRANSFER): Status.WAITING,
    (Status.WAITING, Verb.CANCEL): Status.CANCELLED,
    (Status.WAITING, Verb.EXPIRE): Status.EXPIRED,
    (Status.CALLED, Verb.RECALL): Status.CALLED,
    (Status.CALLED, Verb.START): Status.SERVING,
    (Status.CALLED, Verb.FINISH): Status.SERVED,
    (Status.CALLED, Verb.NO_SHOW): Status.NO_SHOW,
    (Status.CALLED, Verb.HOLD): Status.HELD,
    (Status.CALLED, Verb.TRANSFER): Status.WAITING,
    (Status.CALLED, Verb.CANCEL): Status.CANCELLED,
    (Status.CALLED, Verb.EXPIRE): Status.EXPIRED,
    (Status.SERVING, Verb.FINISH): Status.SERVED,
    (Status.SERVING, Verb.HOLD): Status.HELD,
    (Status.SERVING, Verb.TRANSFER): Status.WAITING,
    (Status.SERVING, Verb.EXPIRE): Status.EXPIRED,
    (Status.HELD, Verb.PRIORITISE): Status.HELD,
    (Status.HELD, Verb.CALL): Status.CALLED,
    (Status.HELD, Verb.RESUME): Status.WAITING,
    (Status.HELD, Verb.CANCEL): Status.CANCELLED,
    (Status.HELD, Verb.EXPIRE): Status.EXPIRED,
    (Status.NO_SHOW, Verb.CALL): Status.CALLED,
    (Status.NO_SHOW, Verb.RESUME): Status.WAITING,
    (Status.NO_SHOW, Verb.EXPIRE): Status.EXPIRED,
    # The number on the paper is another: whoever was called by the wrong one waits again.
    (Status.WAITING, Verb.CORRECT): Status.WAITING,
    (Status.HELD, Verb.CORRECT): Status.HELD,
    (Status.CALLED, Verb.CORRECT): Status.WAITING,
    (Status.NO_SHOW, Verb.CORRECT): Status.WAITING,
    (Status.CANCELLED, Verb.CORRECT): Status.WAITING,
    (Status.SERVING, Verb.CORRECT): Status.SERVING,
    (Status.SERVED, Verb.CORRECT): Status.SERVED,
    (Status.EXPIRED, Verb.CORRECT): Status.EXPIRED,
}

AT_COUNTER = frozenset({Status.CALLED, Status.SERVING})
"""In these a visitor stands, or is awaited, at a counter."""

LEFT_OVERNIGHT = frozenset({Status.WAITING, Status.HELD})
"""Tickets that may keep their places for the next day, if staff decide so."""

ENDED = frozenset({Status.SERVED, Status.CANCELLED, Status.EXPIRED})
"""From these nothing leads on, unless the number was another on the paper."""


def after(status: Status, verb: Verb) -> Status | None:
    """The status after `verb`, or None where the life of a ticket does not allow it."""
    return TRANSITIONS.get((status, verb))
