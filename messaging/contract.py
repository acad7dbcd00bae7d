"""The contract as documents, made from the types: an AsyncAPI 3 description and tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic.json_schema import models_json_schema

from messaging.appointments import (
    PRINT_SECONDS,
    Answer,
    PaperAnswer,
    PrintPaper,
    Question,
    RegisterState,
)
from messaging.codec import LONGEST_COMMAND
from messaging.link import COMMAND_EXPIRY_SECONDS
from messaging.machine import ORDER_SECONDS, MachineAnswer, MachineOrder, MachineStatus
from messaging.messages import (
    COMMAND_ENVELOPES,
    EVENT_ENVELOPES,
    BoardState,
    BookingsState,
    CatalogueState,
    Certificates,
    LeaseState,
    Message,
    Presence,
    QueueState,
    Reply,
    Seen,
    SelfTestReport,
    SettingsState,
    UnitStatus,
)
from messaging.topics import ROOT

Messages = Sequence[type[Message]]


@dataclass(frozen=True, slots=True)
class Channel:
    """One topic: who says what to whom."""

    name: str
    address: str
    who: str
    retained: bool
    messages: Messages
    summary: str
    qos: int = 1


CHANNELS: Sequence[Channel] = (
    Channel(
        "command",
        "cmd/{unit}",
        "any unit → module",
        False,
        tuple(COMMAND_ENVELOPES.values()),
        f"A command, sent again with the same id until it is answered. At most {LONGEST_COMMAND} "
        f"bytes; expires at the broker after {COMMAND_EXPIRY_SECONDS} s. At QoS 0, so that nobody "
        "but who asked sends it again.",
        qos=0,
    ),
    Channel(
        "reply",
        "reply/{unit}",
        "module → unit",
        False,
        (Reply,),
        "The answer, after the events are on disk; correlation data is the command's id.",
    ),
    Channel(
        "event",
        "event",
        "module → all",
        False,
        tuple(EVENT_ENVELOPES.values()),
        "What happened, with a gap-free sequence number.",
    ),
    Channel("board", "state/board", "module → all", True, (BoardState,), "What boards show."),
    Channel("queue", "state/queue", "module → all", True, (QueueState,), "What desks show."),
    Channel(
        "catalogue",
        "state/catalogue",
        "module → all",
        True,
        (CatalogueState,),
        "What kiosks offer and what is open.",
    ),
    Channel(
        "bookings",
        "state/bookings",
        "module → all",
        True,
        (BookingsState,),
        "The slots of today and of the week after it.",
    ),
    Channel(
        "settings",
        "state/settings",
        "module → desk, register",
        True,
        (SettingsState,),
        "What a lead may change of the settings, as it is now, and what was changed when.",
    ),
    Channel(
        "lease",
        "lease/{unit}",
        "module → kiosk",
        True,
        (LeaseState,),
        "Numbers that the kiosk may give by itself while it cannot reach the module.",
    ),
    Channel(
        "book",
        "book/{unit}",
        "desk → register",
        False,
        (Question,),
        "A question or an order on consultations, as `command` is sent.",
        qos=0,
    ),
    Channel(
        "booked",
        "booked/{unit}",
        "register → desk",
        False,
        (Answer,),
        "The answer, after what was done is on disk.",
    ),
    Channel(
        "register",
        "register",
        "register → module, desk",
        True,
        (RegisterState,),
        "What is booked from today to eight days on, by digests; what staff must tell visitors.",
    ),
    Channel(
        "print",
        "print/{unit}/{kiosk}",
        "desk → kiosk",
        False,
        (PrintPaper,),
        f"An appointment's paper, as `command` is sent; within {PRINT_SECONDS:.0f} s, or never.",
        qos=0,
    ),
    Channel(
        "printed",
        "printed/{unit}/{kiosk}",
        "kiosk → desk",
        False,
        (PaperAnswer,),
        "What became of the paper; the same to the same id.",
    ),
    Channel(
        "machine_order",
        "machine/{unit}/{pi}",
        "desk → a Pi's agent",
        False,
        (MachineOrder,),
        f"Restart, within {ORDER_SECONDS:.0f} s or never; or tell what is wrong with it.",
        qos=0,
    ),
    Channel(
        "machine_answer",
        "diagnosis/{unit}/{pi}",
        "a Pi's agent → desk",
        False,
        (MachineAnswer,),
        "It begins; or the bundle.",
    ),
    Channel("seen", "seen/{unit}", "board → module", False, (Seen,), "A call was shown, spoken."),
    Channel(
        "presence",
        "presence/{unit}",
        "bridge → all",
        True,
        (Presence,),
        "Whether somebody stands before a kiosk, for a screen to wake.",
    ),
    Channel(
        "status",
        "unit/{unit}/status",
        "unit → all",
        True,
        (UnitStatus,),
        "How a unit is; its last will says offline.",
    ),
    Channel(
        "self_test",
        "unit/{unit}/self-test",
        "unit → all",
        True,
        (SelfTestReport,),
        "What the unit's last self-test found.",
    ),
    Channel(
        "machine",
        "unit/{unit}/machine",
        "a Pi's agent → all",
        True,
        (MachineStatus,),
        "How a Pi is. Its agent is the unit `{unit}-machine`, whose last will says when it is off.",
    ),
    Channel(
        "certificates",
        "certificates/{unit}",
        "authority → unit",
        True,
        (Certificates,),
        "The unit's certificates, renewed ahead of their end.",
    ),
)


def asyncapi(version: str) -> dict[str, Any]:
    """The AsyncAPI 3.0 document."""
    every = list(dict.fromkeys(each for channel in CHANNELS for each in channel.messages))
    _, schemas = models_json_schema(
        [(each, "validation") for each in every], ref_template="#/components/schemas/{model}"
    )
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Rinda: the queue of one service centre",
            "version": version,
            "license": {"name": "EUPL-1.2"},
        },
        "defaultContentType": "application/json",
        "channels": {each.name: _channel(each) for each in CHANNELS},
        "operations": {
            f"{_action(each)}_{each.name}": {
                "action": _action(each),
                "channel": {"$ref": f"#/channels/{each.name}"},
                "summary": f"{each.who}: {each.summary}",
                "bindings": {"mqtt": {"qos": each.qos, "retain": each.retained}},
            }
            for each in CHANNELS
        },
        "components": {
            "messages": {
                each.__name__: {
                    "name": each.__name__,
                    "summary": summary(each),
                    "payload": {"$ref": f"#/components/schemas/{each.__name__}"},
                }
                for each in every
            },
            "schemas": schemas["$defs"],
        },
    }


def topics_table() -> str:
    """The topics as a Markdown table."""
    rows = [
        f"| `{each.address}` | {each.who} | {'yes' if each.retained else 'no'} | {each.summary} |"
        for each in CHANNELS
    ]
    return "\n".join(["| topic | who → whom | retained | what |", "|---|---|---|---|", *rows])


def messages_table(envelopes: Mapping[str, type[Message]]) -> str:
    """Commands or events as a Markdown table: name, fields of the body, meaning."""
    rows = [
        f"| `{name}` | {_fields(envelope)} | {summary(envelope)} |"
        for name, envelope in envelopes.items()
    ]
    return "\n".join(["| name | body | meaning |", "|---|---|---|", *rows])


def summary(message: type[Message]) -> str:
    """The first line of what a message means."""
    return (message.__doc__ or "").strip().splitlines()[0]


def _channel(channel: Channel) -> dict[str, Any]:
    described: dict[str, Any] = {
        "address": f"{ROOT}/{{site}}/{channel.address}",
        "summary": channel.summary,
        "messages": {
            each.__name__: {"$ref": f"#/components/messages/{each.__name__}"}
            for each in channel.messages
        },
        "parameters": {"site": {"description": "the centre's id"}},
    }
    for unit in ("unit", "kiosk", "pi"):
        if f"{{{unit}}}" in channel.address:
            described["parameters"][unit] = {"description": f"the {unit}'s id, its MQTT identity"}
    return described


def _action(channel: Channel) -> str:
    """From the module's point of view."""
    return "send" if channel.who.startswith("module") else "receive"


def _fields(envelope: type[Message]) -> str:
    body = envelope.model_fields["body"].annotation
    names = getattr(body, "__dataclass_fields__", {})
    return ", ".join(f"`{name}`" for name in names) or "–"
