"""Bytes ⇄ messages. Strict: too long, malformed or of a wrong type is refused with a reason."""

from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from messaging.messages import (
    COMMAND_ENVELOPES,
    EVENT_ENVELOPES,
    AnyCommand,
    AnyEvent,
    EnvelopeHead,
    Message,
)
from queue_core.commands import Request, snake_case
from queue_core.events import Recorded

LONGEST_COMMAND = 8 * 1024
"""Bytes. The longest command of the contract is well under 2 KiB."""

LONGEST_MESSAGE = 1024 * 1024
"""Bytes. A snapshot of a thousand waiting is under half of it."""

_COMMANDS: TypeAdapter[Any] = TypeAdapter(AnyCommand)
_EVENTS: TypeAdapter[Any] = TypeAdapter(AnyEvent)

View = TypeVar("View", bound=Message)


class BadMessageError(ValueError):
    """A payload that is not of the contract. The text never repeats the payload."""


class UnknownCommandError(BadMessageError):
    """A well-formed command with a name this version does not know; it can be answered."""

    def __init__(self, command_id: str) -> None:
        super().__init__("unknown command")
        self.command_id = command_id


def encode(message: Message) -> bytes:
    """The message as JSON."""
    return message.model_dump_json().encode()


def decode(payload: bytes, view: type[View]) -> View:
    """The message of this type. Raises BadMessageError."""
    _check_length(payload, LONGEST_MESSAGE)
    try:
        return view.model_validate_json(payload)
    except ValidationError as error:
        raise BadMessageError(_reason(error)) from None


def encode_command(request: Request) -> bytes:
    """A request as its sender publishes it; the sender itself is in the topic."""
    name = snake_case(type(request.command).__name__)
    envelope = COMMAND_ENVELOPES[name]
    return encode(
        envelope.model_construct(id=request.id, by=request.by, name=name, body=request.command)
    )


def decode_command(payload: bytes, sender: str) -> Request:
    """The request. Raises BadMessageError, or UnknownCommandError where an answer is possible."""
    _check_length(payload, LONGEST_COMMAND)
    try:
        envelope = _COMMANDS.validate_json(payload)
    except ValidationError as error:
        if any(each["type"] == "union_tag_invalid" for each in error.errors()):
            raise UnknownCommandError(decode(payload, EnvelopeHead).id) from None
        raise BadMessageError(_reason(error)) from None
    return Request(envelope.id, sender, envelope.body, envelope.by)


def encode_event(recorded: Recorded) -> bytes:
    """An event as the module publishes and stores it."""
    name = snake_case(type(recorded.event).__name__)
    envelope = EVENT_ENVELOPES[name].model_construct(
        sequence=recorded.sequence,
        at=recorded.at,
        command_id=recorded.command_id,
        sender=recorded.sender,
        name=name,
        body=recorded.event,
    )
    return encode(envelope)


def decode_event(payload: bytes) -> Recorded:
    """The event. Raises BadMessageError."""
    _check_length(payload, LONGEST_MESSAGE)
    try:
        envelope = _EVENTS.validate_json(payload)
    except ValidationError as error:
        raise BadMessageError(_reason(error)) from None
    return Recorded(
        envelope.sequence, envelope.at, envelope.command_id, envelope.sender, envelope.body
    )


def _check_length(payload: bytes, longest: int) -> None:
    if len(payload) > longest:
        raise BadMessageError(f"{len(payload)} bytes, at most {longest} are allowed")


def _reason(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])[:80]
    return f"{place or 'message'}: {first['msg'][:120]}"
