"""What the kiosk's flow wants done."""

from dataclasses import dataclass, field

from messaging.messages import TicketView
from queue_core.commands import Command


@dataclass(frozen=True, slots=True)
class SendCommand:
    """Ask the queue module, and give the answer back as ReplyCame or NoReply."""

    command: Command


@dataclass(frozen=True, slots=True)
class AnswerAlone:
    """Say what the kiosk can say without the queue module, and give it back as AnsweredAlone.
    `command_id`: as there."""

    command: Command
    command_id: str = ""


@dataclass(frozen=True, slots=True)
class CancelTicket:
    """Nobody has seen this ticket: nobody shall wait with it. No answer is awaited."""

    ticket: str


@dataclass(frozen=True, slots=True)
class PrintTicket:
    """Print it, and give the outcome back as PaperCame. `again`: it was printed before."""

    ticket: TicketView
    again: bool = False


@dataclass(frozen=True, slots=True)
class CheckPin:
    """Compare the PIN, and give the answer back as PinChecked."""

    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TestSelf:
    """Look at the kiosk's parts, and give what was found back as SelfTested."""


@dataclass(frozen=True, slots=True)
class PrintTrial:
    """Print a ticket that is nobody's, and then look at the kiosk's parts again."""


@dataclass(frozen=True, slots=True)
class RestartProgram:
    """End, so that the supervisor starts the program anew."""


@dataclass(frozen=True, slots=True)
class SpeakAgain:
    """Say the whole screen."""


Effect = (
    SendCommand
    | AnswerAlone
    | CancelTicket
    | PrintTicket
    | CheckPin
    | TestSelf
    | PrintTrial
    | RestartProgram
    | SpeakAgain
)
