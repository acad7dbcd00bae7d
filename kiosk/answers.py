"""What a visitor is told: the number, how it stands, the rating, what was refused. Pure."""

from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from drivers.printer import PrintOutcome, PrintResult
from kiosk import inputs as i
from kiosk import model as m
from kiosk.choosing import given_out, need_service, opening
from kiosk.model import Model
from kiosk.paper import service_name, ticket_lines
from kiosk.views import Choice, Notice, Rating, ShowCode, Ticket
from messaging.booking_code import ticket_qr
from messaging.messages import InstitutionView, RefusalView, TicketView
from queue_core.life import Status
from queue_core.refusals import RefusalCode
from texts import Language, sentences

SCORES = range(1, 11)


def show_code(language: Language) -> ShowCode:
    """How to show the code of an appointment, and two other ways."""
    without = language.text("Without an appointment")
    return ShowCode(
        language.text("Hold your QR code to the scanner"),
        language.text(
            "It is the black and white square on your appointment: on the phone or on paper."
        ),
        (_by_hand(language), Choice("need_service", without, i.NeedService())),
    )


def ticket_ready(screen: m.TicketReady, model: Model, language: Language) -> Ticket:
    """The number. Without sure paper it can be photographed, and printed again where that helps."""
    paper, warning = _paper(screen.outcome, language)
    if warning:
        return _without_paper(screen, paper, model, language)
    return Ticket(
        language.text("Your number"),
        screen.ticket.number,
        _service(screen.ticket, model, language),
        _lines(screen.ticket, model, language),
        paper,
        warning=False,
    )


def ticket_found(ticket: TicketView, model: Model, language: Language) -> Ticket:
    """How a ticket that was scanned stands now."""
    over = ticket.status in {Status.CANCELLED, Status.EXPIRED}
    return Ticket(
        language.text("Your number"),
        ticket.number,
        _service(ticket, model, language),
        _standing(ticket, model, language),
        "",
        warning=False,
        choices=(need_service(language),) if over else (),
    )


def rating(language: Language) -> Rating:
    """One touch tells how the visit was."""
    return Rating(
        language.text("How was your visit?"),
        language.text("Please touch a number. Your name is not stored."),
        tuple(Choice(f"score:{score}", str(score), i.Score(score)) for score in SCORES),
        language.text("very bad"),
        language.text("very good"),
    )


def thanks(before: bool, language: Language) -> Notice:
    """The visit is rated; the visitor may want something else."""
    sentence = language.text("Your rating is saved. Goodbye!")
    if before:
        sentence = language.text("This visit has been rated already.")
    another = Choice("need_service", language.text("I need another service"), i.NeedService())
    return Notice(language.text("Thank you!"), sentence, (another,))


def message(screen: m.Message, model: Model, language: Language) -> Notice | Ticket:
    """What is closed, refused or wrong, in one plain sentence with a way on."""
    sorry, ways = language.text("We are sorry"), (need_service(language),)
    match screen.about:
        case InstitutionView() as closed:
            name = f"{language.pick(closed.name)}: {language.pick(closed.hint)}"
            when = opening(closed.opens_at, model, language)
            why = given_out(language) if closed.given_out else language.text("Closed now.")
            return Notice(name, f"{why}\n{when}")
        case RefusalView() as refusal:
            return _refused(refusal, screen.back, model, language)
        case m.Notice.NO_NUMBER:
            sentence = language.text("No number could be given. Please go to the staff.")
            return Notice(sorry, sentence)
        case m.Notice.NO_REPLY:
            return Notice(sorry, language.text("That did not work. Please go to the staff."))
        case m.Notice.FOREIGN_CODE:
            heading = language.text("We do not know this code")
            sentence = language.text("Please show the code of your appointment or of your ticket.")
            return Notice(heading, sentence, (_by_hand(language), *ways))
        case m.Notice.OTHER_CENTRE:
            heading = language.text("This code is of another centre")
            return Notice(
                heading, language.text("You can take a number here without an appointment."), ways
            )
        case m.Notice.UNCHECKED:
            heading = language.text("Your appointment cannot be checked just now")
            sentence = language.text(
                "You can take a number without an appointment. Tell the clerk about it."
            )
            return Notice(heading, sentence, ways)
        case m.Notice.NOT_NOW:
            heading = language.text("That is not possible just now")
            sentence = language.text(
                "If you have a number, it stays valid. Please wait until it is called."
            )
            return Notice(heading, sentence, ways)
        case _:
            assert_never(screen.about)


def _without_paper(screen: m.TicketReady, paper: str, model: Model, language: Language) -> Ticket:
    """Little else, so that the number and its code are large."""
    again = Choice("print_again", language.text("Print again"), i.PrintAgain())
    settings, zone = model.settings, ZoneInfo(model.settings.site.timezone)
    return Ticket(
        language.text("Your number"),
        screen.ticket.number,
        "",
        tuple(ticket_lines(screen.ticket, zone, language)[:2]),
        paper,
        warning=True,
        qr=ticket_qr(settings.site.id, screen.ticket.id, settings.visitor_page.address),
        choices=() if _has_no_printer(screen.outcome) else (again,),
    )


def _by_hand(language: Language) -> Choice:
    return Choice("type_code", language.text("Type the code"), i.ByHand())


def _refused(
    refusal: RefusalView, back: m.Calm, model: Model, language: Language
) -> Notice | Ticket:
    heading, sentence = _why(refusal, model, language)
    if refusal.code is RefusalCode.BOOKING_USED:
        return Ticket(heading, refusal.facts.get("number", ""), "", (sentence,), "", warning=False)
    ways: tuple[Choice, ...] = ()
    typed = isinstance(back, m.TypeCode) and back.typed
    if refusal.code is RefusalCode.UNKNOWN_BOOKING and typed:
        ways = (Choice("type_again", language.text("Correct the code"), i.Back()),)
    if refusal.code in _WITHOUT:
        ways += (need_service(language),)
    return Notice(heading, sentence, ways)


def _why(refusal: RefusalView, model: Model, language: Language) -> tuple[str, str]:
    zone = ZoneInfo(model.settings.site.timezone)
    match refusal.code:
        case RefusalCode.BOOKING_USED:
            return language.text("Your number"), language.text("You are already registered.")
        case RefusalCode.UNKNOWN_BOOKING:
            return (
                language.text("We do not find this appointment"),
                language.text("You can take a number without an appointment, or press Help."),
            )
        case RefusalCode.UNKNOWN_TICKET:
            return (
                language.text("We do not find this number"),
                language.text("It may be from another day. You can take a new one."),
            )
        case RefusalCode.BOOKING_OTHER_DAY:
            starts_at = datetime.fromisoformat(refusal.facts["starts_at"]).astimezone(zone)
            day, hour = language.day(starts_at.date()), language.clock(starts_at, zone)
            return (
                language.text("Your appointment is on another day"),
                language.text("It is on this day: {day}, {hour}.", day=day, hour=hour),
            )
        case RefusalCode.NOT_STORED:
            return (
                language.text("Just now this is not possible"),
                language.text("Please go to a counter. Numbers given before stay valid."),
            )
        case _:
            sentence = sentences.refusal(language, refusal.code, refusal.facts, zone)
            return language.text("Please note"), sentence


_WITHOUT = {
    RefusalCode.UNKNOWN_BOOKING,
    RefusalCode.BOOKING_OTHER_DAY,
    RefusalCode.UNKNOWN_TICKET,
}
"""Refused so, a visitor can still take a number without an appointment."""


def _service(ticket: TicketView, model: Model, language: Language) -> str:
    return service_name(ticket.service, model.catalogue, language) if model.catalogue else ""


def _lines(ticket: TicketView, model: Model, language: Language) -> tuple[str, ...]:
    """How long, where to sit, and what happens next."""
    *before, called = ticket_lines(ticket, ZoneInfo(model.settings.site.timezone), language)
    place = model.catalogue.waiting_place if model.catalogue else {}
    return tuple(each for each in (*before, language.pick(place), called) if each)


def _standing(ticket: TicketView, model: Model, language: Language) -> tuple[str, ...]:
    match ticket.status:
        case Status.WAITING:
            return _lines(ticket, model, language)
        case Status.CALLED:
            return (
                language.text("Your number is called now!"),
                language.text("The board says where to go."),
            )
        case Status.SERVING:
            return (language.text("You are being served now."),)
        case Status.HELD:
            return (
                language.text("Your place is kept."),
                language.text("You will be called again. Please wait."),
            )
        case Status.NO_SHOW:
            return (
                language.text("Your number was called, but you were not there."),
                language.text("Please go to the staff. They will help you."),
            )
        case _:
            return (language.text("This number is no longer valid."),)


def _paper(outcome: PrintOutcome | None, language: Language) -> tuple[str, bool]:
    if outcome is None:
        return language.text("The paper ticket is being printed…"), False
    if outcome.result is PrintResult.PRINTED:
        return language.text("Please take your paper ticket."), False
    remember = language.text("Please remember or photograph this number.")
    if outcome.result is PrintResult.UNKNOWN:
        doubt = language.text("Is there no paper ticket?")
        return f"{doubt}\n{remember}", True
    if _has_no_printer(outcome):
        return remember, True
    if outcome.result is PrintResult.TAKEN_BACK:
        back = language.text("The printer has taken the paper ticket back.")
        return f"{back}\n{remember}", True
    none = language.text("There is no paper ticket now.")
    return f"{none}\n{remember}", True


def _has_no_printer(outcome: PrintOutcome | None) -> bool:
    return outcome is not None and outcome.result is PrintResult.FAILED and outcome.reason is None
