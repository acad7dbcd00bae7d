"""What a clerk may order, and the answer in a sentence."""

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import tzinfo

from pydantic_core import from_json

from messaging.codec import BadMessageError, decode_command
from messaging.messages import Reply, Role
from messaging.roles import ORDERS
from queue_core.commands import COMMANDS, Command
from texts import Language, sentences


def order(payload: bytes, counter: str) -> tuple[Command, str]:
    """The command in ``{"name": …, "body": {…}}``, always for this counter, and its name.

    Raises BadMessageError for anything that is not of the desk or not of the contract.
    """
    try:
        given = from_json(payload)
        name, body = str(given["name"]), dict(given["body"])
    except (ValueError, TypeError, KeyError):
        raise BadMessageError("not an order") from None
    if name not in ORDERS[Role.DESK] or "counter" in body:
        raise BadMessageError("not an order of the desk")
    if any(each.name == "counter" for each in fields(COMMANDS[name])):
        body["counter"] = counter
    envelope = json.dumps({"id": "desk-order", "name": name, "body": body})
    return decode_command(envelope.encode(), "desk").command, name


def answer_text(language: Language, zone: tzinfo, name: str, reply: Reply | None) -> str:
    """One sentence for the clerk on what came of the order `name`."""
    if reply is None:
        return language.text(
            "No answer from the queue module. Look at the screen before you try again."
        )
    if reply.refusal:
        return sentences.refusal(language, reply.refusal.code, reply.refusal.facts, zone)
    number = reply.ticket.number if reply.ticket else ""
    return _done(language, number).get(name, "")


def _done(language: Language, number: str) -> Mapping[str, str]:
    called = language.text("{number} is called.", number=number)
    return {
        "call_next": called,
        "call_ticket": called,
        "recall": language.text("{number} is called once more.", number=number),
        "start": language.text("{number} is being served.", number=number),
        "finish": language.text("{number} is served.", number=number),
        "account": language.text("It is recorded."),
        "change_settings": language.text("It is recorded."),
        "amend": language.text("It is put right."),
        "no_show": language.text("{number} is among those who did not come.", number=number),
        "hold": language.text("{number} is set aside.", number=number),
        "resume": language.text("{number} is back in the queue.", number=number),
        "transfer": language.text("{number} is transferred.", number=number),
        "undo": language.text("The last action with {number} is taken back.", number=number),
        "prioritise": language.text("{number} now has priority.", number=number),
        "keep_overnight": language.text("The decision on the night is recorded."),
        "end_tickets": language.text("It is decided. Kiosks say so."),
        "give_tickets": language.text("Tickets are given as usual."),
        "answer_help": language.text("The others see that you are going."),
        "open_counter": language.text("The counter is open."),
        "pause_counter": language.text("The counter is paused."),
        "close_counter": language.text("The counter is closed."),
    }
