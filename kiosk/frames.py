"""A whole screen in the visitor's words, made of the model. Pure."""

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

import texts
from kiosk import answers, choosing, keypads
from kiosk import inputs as i
from kiosk import model as m
from kiosk.easing import ease_buttons, ease_choices, ease_foot
from kiosk.model import Model
from kiosk.patience import asks_presence, cut_off, has_news, nobody_answers, nobody_spoke, rests
from kiosk.report import report
from kiosk.views import Choice, Frame, Invitation, Notice, Ticket, View
from queue_core.commands import Command, FindTicket, Rate
from texts import Language


def frame_of(model: Model) -> Frame:
    """The whole screen for this model."""
    language = texts.language(model.language)
    centre = model.catalogue.name if model.catalogue else model.settings.site.name
    if rests(model):
        return Frame(language.pick(centre), _invitation(model), (), "", (), model.panel, model.ease)
    view, foot = _view(model, language), _way_on(model, language)
    question, news, tools = "", "", _tools(model, language)
    if model.easing and not model.help_shown:
        view, foot = ease_choices(view, model, language), ease_foot(language)
    if asks_presence(model):
        question = language.text("Do you need more time?")
        if not model.panel.upright:
            tools = tuple(each for each in tools if each.action == "help")
        more = Choice("still_here", language.text("Yes, I do"), i.StillHere())
        foot = (more, *(each for each in foot if each.action == "done"))
    elif has_news(model):
        news = language.text("Somebody is coming to you.")
        if not model.panel.upright:
            tools = tuple(each for each in tools if each.action == "help")
        foot = foot[:1]
    name = language.pick(centre)
    return Frame(name, view, foot, question, tools, model.panel, model.ease, news)


def _invitation(model: Model) -> Invitation:
    """Nothing to press: whatever is touched only wakes the screen."""
    spoken = _spoken(model)
    greetings = (each.text("Good day!") for each in spoken)
    sentences = (each.text("Touch the screen") for each in spoken)
    return Invitation("\n".join(greetings), "\n\n".join(sentences))


def _view(model: Model, language: Language) -> View:
    """Over a number, what became of the call for help stands beside it: it may be nowhere else."""
    view = _view_beneath(model, language)
    if not model.help_shown:
        return view
    called = _help_called(model, language)
    if isinstance(view, Ticket):
        said = (called.heading, called.sentence)
        return replace(view, service="", lines=said, choices=())
    return called


def _view_beneath(model: Model, language: Language) -> View:
    if cut_off(model):
        return _cut_off(model, language)
    match model.screen:
        case m.Start():
            return choosing.start(model, language)
        case m.Institutions(page):
            return choosing.institutions(model, page, language)
        case m.Services(institution, page):
            return choosing.services(model, institution, page, language)
        case m.Situations(page):
            return choosing.situations(model, page, language)
        case m.Situation(situation, page):
            return choosing.services_for(model, situation, page, language)
        case m.Channel(service):
            return choosing.channel(model, service, language)
        case m.ShowCode():
            return answers.show_code(language)
        case m.TypeCode():
            return keypads.code(model.screen, language)
        case m.RateVisit():
            return answers.rating(language)
        case m.Working(command=command):
            return _working(command, language)
        case m.TicketReady():
            return answers.ticket_ready(model.screen, model, language)
        case m.TicketFound(ticket):
            return answers.ticket_found(ticket, model, language)
        case m.Thanks(before):
            return answers.thanks(before, language)
        case m.Message():
            return answers.message(model.screen, model, language)
        case m.FailSafe(number):
            return _fail_safe(model, number)
        case m.EnterPin():
            return keypads.pin(model.screen, language)
        case m.Maintenance(found):
            return report(found, model.out_of_service, language)
        case _:
            assert_never(model.screen)


def _way_on(model: Model, language: Language) -> tuple[Choice, ...]:
    back = Choice("back", language.text("Back"), i.Back())
    again = Choice("start_again", language.text("Start again"), i.StartAgain())
    if model.help_shown:
        return (back,)
    if cut_off(model):
        return ()
    match model.screen:
        case m.Message(m.Notice.NO_NUMBER | m.Notice.NO_REPLY):
            return (again,)
        case m.RateVisit():
            return (Choice("done", language.text("Not now"), i.Done()),)
        case m.Start() | m.Working() | m.FailSafe(""):
            return ()
        case m.TicketReady() | m.TicketFound() | m.Thanks() | m.Maintenance() | m.FailSafe():
            return (Choice("done", language.text("Done"), i.Done()),)
        case _:
            return (back,)


def _tools(model: Model, language: Language) -> tuple[Choice, ...]:
    """The same on every screen: somebody to come, and another language."""
    if isinstance(model.screen, m.FailSafe):
        return ()
    technician = isinstance(model.screen, m.EnterPin | m.Maintenance)
    help_ = Choice("help", language.text("Help"), i.CallHelp())
    silent = technician or model.help_shown
    return (*_languages(model), *ease_buttons(model, language), *(() if silent else (help_,)))


def _languages(model: Model) -> tuple[Choice, ...]:
    """The next language in turn, named in itself. None where all are spoken at once."""
    known = model.settings.site.languages
    code = known[(known.index(model.language) + 1) % len(known)]
    if code == model.language or (cut_off(model) and nobody_spoke(model)):
        return ()
    # Each language names itself.
    return (Choice("language", texts.language(code).text("English"), i.ChooseLanguage(code)),)


def _help_called(model: Model, language: Language) -> Notice:
    bell = model.bell
    if bell is m.Bell.ANSWERED:
        return Notice(
            language.text("Somebody is coming to you"), language.text("Please wait here.")
        )
    if bell is m.Bell.HEARD and nobody_answers(model):
        return Notice(
            language.text("Help has been called"),
            language.text("The staff are busy. Please wait a little longer or go to a counter."),
        )
    if bell is m.Bell.HEARD:
        return Notice(
            language.text("Help has been called"),
            language.text("Somebody will come to you. Please wait here."),
        )
    if bell is m.Bell.BROKEN:
        return Notice(
            language.text("Nobody could be called from here"),
            language.text("Please go to the staff. They will help you."),
        )
    return Notice(language.text("Help is being called"), language.text("One moment, please."))


def _working(command: Command, language: Language) -> Notice:
    sentence = language.text("Your number is being prepared.")
    if isinstance(command, FindTicket):
        sentence = language.text("We are looking for your number.")
    if isinstance(command, Rate):
        sentence = language.text("Your answer is being saved.")
    return Notice(language.text("Please wait"), sentence)


def _cut_off(model: Model, language: Language) -> Notice:
    spoken = _spoken(model) if nobody_spoke(model) else [language]
    if model.out_of_service:
        return _in_all(spoken, _out_of_service)
    return _in_all(spoken, _no_connection if model.catalogue else _starting)


def _fail_safe(model: Model, number: str) -> Notice:
    """In all languages: the next visitor may speak any of them."""

    def notice(language: Language) -> Notice:
        sentence = language.text("The kiosk needs a moment.")
        if number:
            sentence = language.text("Your number is {number}.", number=number)
        return Notice(language.text("Please go to the staff"), sentence)

    return _in_all(_spoken(model), notice)


def _out_of_service(language: Language) -> Notice:
    return Notice(
        language.text("This kiosk is out of service"),
        language.text("Please go to the staff. They will help you."),
    )


def _starting(language: Language) -> Notice:
    sentence = language.text("The kiosk is starting. If you are in a hurry, please ask the staff.")
    return Notice(language.text("Please wait"), sentence)


def _no_connection(language: Language) -> Notice:
    heading = language.text("No numbers can be given just now")
    return Notice(heading, language.text("Please go to the staff. They will help you."))


def _spoken(model: Model) -> list[Language]:
    return [texts.language(code) for code in model.settings.site.languages]


def _in_all(spoken: list[Language], notice: Callable[[Language], Notice]) -> Notice:
    every = [notice(each) for each in spoken]
    headings, sentences = (each.heading for each in every), (each.sentence for each in every)
    return Notice("\n".join(headings), "\n\n".join(sentences))
