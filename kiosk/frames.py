"""A whole screen in the visitor's words, made of the model. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo

import texts
from drivers.printer import PrintOutcome, PrintResult
from kiosk import model as m
from kiosk.flow import asks_presence, cut_off, walk_in_services
from kiosk.model import Model
from kiosk.paper import service_name, ticket_lines
from kiosk.views import Choice, Choices, Frame, Notice, ShowCode, Ticket, View
from messaging.messages import CatalogueState, InstitutionView, RefusalView
from queue_core.refusals import RefusalCode
from texts import Language, sentences

MOST_CHOICES = 7

LANGUAGE_NAMES = {"lv": "Latviski", "en": "English"}


def frame_of(model: Model) -> Frame:
    """The whole screen for this model."""
    language = texts.language(model.language)
    centre = model.catalogue.name if model.catalogue else model.settings.site.name
    question, foot = "", (*_way_back(model, language), *_languages(model))
    if asks_presence(model):
        question = language.text("Are you still here?")
        foot = (Choice("still_here", language.text("Yes, continue"), m.StillHere()),)
    return Frame(language.pick(centre), _view(model, language), foot, question)


def _view(model: Model, language: Language) -> View:
    catalogue = model.catalogue
    match model.screen:
        case m.FailSafe():
            return _fail_safe()
        case m.Working():
            return _working(language)
        case _ if catalogue is None:
            return _starting(language)
        case m.TicketReady():
            return _ticket(model.screen, catalogue, language)
        case m.Message():
            return _message(model.screen, model, language)
        case _ if cut_off(model):
            return _no_connection(language)
        case m.Start():
            return _start(model, catalogue, language)
        case m.Institutions():
            return _institutions(model, catalogue, model.screen.page, language)
        case m.Services():
            return _services(model, model.screen, language)
        case m.ShowCode():
            return _show_code(language)
        case _:
            assert_never(model.screen)


def _way_back(model: Model, language: Language) -> tuple[Choice, ...]:
    back = Choice("back", language.text("Back"), m.Back())
    again = Choice("start_again", language.text("Start again"), m.StartAgain())
    done = Choice("done", language.text("Done"), m.Done())
    if cut_off(model):
        return ()
    match model.screen:
        case m.Institutions() | m.ShowCode():
            return (back,)
        case m.Services():
            return (back, again)
        case m.TicketReady():
            return (done,)
        case m.Message(about):
            return (again,) if about is m.Notice.NO_REPLY else (back, again)
        case _:
            return ()


def _languages(model: Model) -> tuple[Choice, ...]:
    """The next language in turn, named in itself."""
    known = model.settings.site.languages
    code = known[(known.index(model.language) + 1) % len(known)]
    if code == model.language or isinstance(model.screen, m.FailSafe):
        return ()
    return (Choice("language", LANGUAGE_NAMES[code], m.ChooseLanguage(code)),)


def _fail_safe() -> Notice:
    """In all languages at once: the next visitor may speak any of them."""
    every = [texts.language(code) for code in LANGUAGE_NAMES]
    return Notice(
        "\n".join(each.text("Please go to the staff") for each in every),
        "\n".join(each.text("The kiosk needs a moment.") for each in every),
    )


def _working(language: Language) -> Notice:
    return Notice(language.text("Please wait"), language.text("Your number is being prepared."))


def _starting(language: Language) -> Notice:
    sentence = language.text("The kiosk is starting. If you are in a hurry, please ask the staff.")
    return Notice(language.text("Please wait"), sentence)


def _no_connection(language: Language) -> Notice:
    heading = language.text("No numbers can be given just now")
    return Notice(heading, language.text("Please go to the staff. They will help you."))


def _start(model: Model, catalogue: CatalogueState, language: Language) -> View:
    appointment = Choice(
        "have_appointment",
        language.text("I have an appointment"),
        m.HaveAppointment(),
        language.text("I will show its QR code"),
    )
    if not any(each.open for each in catalogue.institutions):
        openings = [each.opens_at for each in catalogue.institutions if each.opens_at]
        sentence = _opening(min(openings, default=None), model, language)
        return Notice(language.text("We are closed now"), sentence, (appointment,))
    return Choices(
        language.text("Good day!\nHow can we help you?"),
        language.text("Please touch what fits."),
        (appointment, _need_service(language)),
    )


def _need_service(language: Language) -> Choice:
    return Choice(
        "need_service",
        language.text("I need a service"),
        m.NeedService(),
        language.text("I will take a number without an appointment"),
    )


def _institutions(
    model: Model, catalogue: CatalogueState, page: int, language: Language
) -> Choices:
    choices = [_institution(each, model, language) for each in catalogue.institutions]
    return Choices(
        language.text("Choose an institution"),
        language.text("Whose service do you need?"),
        _page(choices, page, language),
    )


def _institution(offered: InstitutionView, model: Model, language: Language) -> Choice:
    opening = _opening(offered.opens_at, model, language)
    return Choice(
        f"institution:{offered.id}",
        language.pick(offered.name),
        m.ChooseInstitution(offered.id),
        language.pick(offered.hint) if offered.open else opening,
        offered.open,
    )


def _opening(opens_at: datetime | None, model: Model, language: Language) -> str:
    if opens_at is None:
        return language.text("Please ask the staff.")
    zone = ZoneInfo(model.settings.site.timezone)
    return sentences.opening(language, opens_at, zone, model.now)


def _services(model: Model, screen: m.Services, language: Language) -> View:
    institution = model.institution(screen.institution)
    assert institution  # the flow leaves this screen when the catalogue loses it
    choices = [
        Choice(f"service:{each.id}", language.pick(each.name), m.ChooseService(each.id))
        for each in walk_in_services(institution)
    ]
    return Choices(
        language.text("Choose a service"),
        language.pick(institution.name),
        _page(choices, screen.page, language),
    )


def _page(choices: Sequence[Choice], page: int, language: Language) -> tuple[Choice, ...]:
    """All of them, or one page and the way to the next; the last leads to the first."""
    if len(choices) <= MOST_CHOICES:
        return tuple(choices)
    size = MOST_CHOICES - 1
    pages = -(-len(choices) // size)
    first = page % pages * size
    more = Choice("more", language.text("Show more"), m.More((page + 1) % pages))
    return (*choices[first : first + size], more)


def _show_code(language: Language) -> ShowCode:
    return ShowCode(
        language.text("Hold your QR code to the scanner"),
        language.text("The code is on your appointment: on the phone or on paper."),
        (_need_service(language),),
    )


def _ticket(screen: m.TicketReady, catalogue: CatalogueState, language: Language) -> Ticket:
    paper, warning = _paper(screen.outcome, language)
    return Ticket(
        language.text("Your number"),
        screen.ticket.number,
        service_name(screen.ticket.service, catalogue, language),
        tuple(ticket_lines(screen.ticket, ZoneInfo(catalogue.timezone), language)),
        paper,
        warning,
    )


def _paper(outcome: PrintOutcome | None, language: Language) -> tuple[str, bool]:
    if outcome is None:
        return language.text("The paper ticket is being printed…"), False
    if outcome.result is PrintResult.PRINTED:
        return language.text("Please take your paper ticket."), False
    remember = language.text("Please remember or photograph this number.")
    if outcome.result is PrintResult.UNKNOWN:
        doubt = language.text("Is there no paper ticket?")
        return f"{doubt} {remember}", True
    if outcome.reason is None:  # a kiosk without a printer
        return remember, True
    none = language.text("There is no paper ticket now.")
    return f"{none} {remember}", True


def _message(screen: m.Message, model: Model, language: Language) -> View:
    match screen.about:
        case InstitutionView() as closed:
            name = f"{language.pick(closed.name)}: {language.pick(closed.hint)}"
            opening = _opening(closed.opens_at, model, language)
            closed_now = language.text("Closed now.")
            return Notice(name, f"{closed_now}\n{opening}")
        case RefusalView() as refusal:
            return _refused(refusal, model, language)
        case m.Notice.NO_REPLY:
            sentence = language.text("No number could be given. Please go to the staff.")
            return Notice(language.text("We are sorry"), sentence)
        case m.Notice.FOREIGN_CODE:
            sentence = language.text(
                "This is not the code of an appointment. Show the right one, or go to the staff."
            )
            return Notice(language.text("Please note"), sentence, (_need_service(language),))
        case m.Notice.OTHER_CENTRE:
            sentence = language.text("This appointment is at another centre. Please ask the staff.")
            return Notice(language.text("Please note"), sentence)
        case _:
            assert_never(screen.about)


def _refused(refusal: RefusalView, model: Model, language: Language) -> View:
    zone = ZoneInfo(model.settings.site.timezone)
    sentence = sentences.refusal(language, refusal.code, refusal.facts, zone)
    if refusal.code is RefusalCode.BOOKING_USED:
        number = refusal.facts.get("number", "")
        return Ticket(language.text("Your number"), number, "", (sentence,), "", warning=False)
    without = refusal.code in {RefusalCode.UNKNOWN_BOOKING, RefusalCode.BOOKING_OTHER_DAY}
    choices = (_need_service(language),) if without else ()
    return Notice(language.text("Please note"), sentence, choices)
