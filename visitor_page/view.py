"""What a phone shows of its ticket, in words. Pure."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from messaging.messages import BoardCall, CounterView, TicketView
from queue_core.life import Status
from texts import Language, sentences


@dataclass(frozen=True, slots=True)
class View:
    """`kind`: the look. `lead`: the one sentence that counts. `call`: which announcement it is, so
    that each sounds once; "" where none is made. `leaves`: the place can be given up.
    """

    kind: str
    number: str
    lead: str
    lines: tuple[str, ...] = ()
    call: str = ""
    leaves: bool = False


def view(
    ticket: TicketView, call: BoardCall | None, place: str, zone: ZoneInfo, language: Language
) -> View:
    """How the ticket stands. `call`: its own on the board, which is heard first; `place`: where to
    sit."""
    number = ticket.number
    if call:
        said = f"{call.call}.{call.recalls}"
        lines = (language.text("You are being called once more."),) if call.recalls else ()
        return View("called", number, _way(call.counter, language), lines, call=said)
    match ticket.status:
        case Status.WAITING:
            return _waiting(ticket, place, zone, language)
        case Status.CALLED:
            board = language.text("The board says where to go.")
            return View("called", number, language.text("Your number is called now!"), (board,))
        case Status.SERVING:
            return View("serving", number, language.text("You are being served now."))
        case Status.HELD:
            again = language.text("You will be called again. Please wait.")
            kept = language.text("Your place is kept.")
            return View("held", number, kept, (again,), leaves=True)
        case Status.NO_SHOW:
            missed = language.text("Your number was called, but you were not there.")
            help_ = language.text("Please go to the staff. They will help you.")
            return View("missed", number, missed, (help_,))
        case Status.SERVED if ticket.rated:
            saved = language.text("Your rating is saved. Goodbye!")
            return View("thanks", number, language.text("Thank you!"), (saved,))
        case Status.SERVED:
            touch = language.text("Please touch a number. Your name is not stored.")
            return View("rating", number, language.text("How was your visit?"), (touch,))
        case _:
            return View("over", number, language.text("This number is no longer valid."))


def _waiting(ticket: TicketView, place: str, zone: ZoneInfo, language: Language) -> View:
    lines = [] if ticket.ahead is None else [sentences.ahead(language, ticket.ahead)]
    if ticket.slot_starts_at and not ticket.late:
        hour = language.clock(ticket.slot_starts_at, zone)
        lines.append(language.text("Your appointment is at {hour}.", hour=hour))
    if ticket.wait is None:
        lead = language.text("How long it will take cannot be said just now.")
    else:
        lead = sentences.will_wait(language, ticket.wait.low, ticket.wait.high)
    lines += [place] if place else []
    return View("waiting", ticket.number, lead, tuple(lines), leaves=True)


def _way(counter: CounterView, language: Language) -> str:
    if counter.spoken or not counter.sign.isdecimal():
        return language.text("Please come {way}", way=language.pick(counter.spoken))
    return language.text("Please come to counter {number}", number=counter.sign)
