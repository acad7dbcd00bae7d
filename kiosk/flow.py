"""The visitor's way through the kiosk, pure: `step(model, given)` → the next model and effects.

Every input passes here, one at a time; what the screens show is `frames.frame_of(model)`.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from config.settings import Settings
from drivers.printer import PrintOutcome, PrintResult
from kiosk import effects as e
from kiosk import inputs as i
from kiosk import model as m
from kiosk.effects import Effect
from kiosk.inputs import Input
from kiosk.model import Model
from kiosk.panel import LOUDEST, PLAIN, Panel
from messaging.booking_code import (
    LETTERS,
    LONGEST,
    SHORTEST,
    ForeignCodeError,
    OtherCentreError,
    booking_digest,
    code_in_qr,
    ticket_in_qr,
)
from messaging.messages import RefusalView, Reply, TicketView
from queue_core.commands import AskHelp, CheckIn, Command, FindTicket, Rate, TakeTicket
from queue_core.life import Status
from queue_core.model import Kind
from queue_core.refusals import RefusalCode

SETTLE_SECONDS = 0.3
"""After the picture changed, touches are too early to be meant for it: the second half of a double
tap, or one touch that two input drivers report. So is the same touch again."""

WARN_SECONDS = 20
"""So long before a screen goes away the visitor is asked (WCAG 2.2, 2.2.1: at least 20)."""

FAIL_SAFE_SECONDS = 10
MAINTENANCE_SECONDS = 300

RING_AGAIN_SECONDS = 60
"""Somebody is on the way: the bell does not ring again so soon."""

HELP_SECONDS = 240
"""So long whoever called may wait before the screen that says so."""

BUSY_SECONDS = 120
"""Nobody has answered for so long: that is said, and what else the visitor can do."""

NEWS_SECONDS = 30
"""So long whoever went on is told, over any screen, that somebody is coming."""

NAME_TOUCHES, NAME_SECONDS = 5, 5.0
"""The technician's sign: so many touches on the centre's name within this time."""

DIGITS = "0123456789"
SHORTEST_PIN, LONGEST_PIN = 4, 16

Step = tuple[Model, tuple[Effect, ...]]


def begin(settings: Settings, seconds: float, now: datetime) -> Model:
    """The kiosk as it starts: it knows nothing of the centre's day yet."""
    window, scanner = settings.kiosk.window, settings.kiosk.scanner.kind != "none"
    panel = Panel(window.width, window.height, window.diagonal_inches)
    language = settings.site.languages[0]
    return Model(settings, language, seconds, now, panel, scanner=scanner, present_at=seconds)


def step(model: Model, given: Input) -> Step:
    """The next model, and what is to be done now. An input that does not fit changes nothing."""
    if isinstance(given, i.Touch):
        meant = _is_meant(model, given)
        model = _noted(model, _touched(model, given, meant))
        if not meant:
            return model, ()
    after, effects = _STEPS[type(given)](model, given)
    return _noted(model, _as_offered(after)), effects


def cut_off(model: Model) -> bool:
    """Whether nothing can be asked of the queue now. Who has a number or an answer keeps it."""
    can_serve = model.serves and model.catalogue and not model.out_of_service
    return isinstance(model.screen, m.Calm) and not can_serve


def asks_presence(model: Model) -> bool:
    """Whether the screen will go away soon, so that the visitor is offered more time."""
    seconds = _patience(model)
    if seconds is None or _nothing_to_lose(model):
        return False
    return model.seconds - model.present_at >= seconds - min(WARN_SECONDS, seconds / 2)


def nobody_answers(model: Model) -> bool:
    """Whether the bell at the desk has rung for long."""
    since = model.help_asked_at
    return since is not None and (model.now - since).total_seconds() >= BUSY_SECONDS


def has_news(model: Model) -> bool:
    """Whether to tell, over whatever screen stands, that somebody is coming."""
    technician = isinstance(model.screen, m.EnterPin | m.Maintenance)
    return model.seconds < model.news_until and not (technician or model.help_shown)


def nobody_spoke(model: Model) -> bool:
    """Whether nobody has said yet who is here: several languages are right."""
    return isinstance(model.screen, m.Start) and model.language == _first_language(model)


def rests(model: Model) -> bool:
    """Whether the screen only invites to touch it: the first one, after long without anybody."""
    seconds = model.settings.kiosk.rest_minutes * 60
    if not seconds or model.somebody or not _untouched(model):
        return False
    return model.seconds - model.present_at >= seconds


def _untouched(model: Model) -> bool:
    """Whether the first screen stands as it is for everybody."""
    over = model.help_shown or model.easing or has_news(model)
    return nobody_spoke(model) and not over and not cut_off(model)


def _is_meant(model: Model, given: i.Touch) -> bool:
    """A touch of a screen that rests only wakes it."""
    if rests(model):
        return isinstance(given, i.SetEase)
    between = model.settings.kiosk.double_strike_seconds
    same = given == model.struck and model.seconds - model.struck_at < between
    return not same and model.seconds - model.changed_at >= SETTLE_SECONDS


def _touched(model: Model, given: i.Touch, meant: bool) -> Model:
    model = replace(model, present_at=model.seconds)
    if not meant or isinstance(given, i.StillHere):
        return model
    return replace(model, struck=given, struck_at=model.seconds)


def _noted(before: Model, after: Model) -> Model:
    """When the picture changes, its time starts anew. The question's coming moves no button that
    was meant; its going does."""
    answered = asks_presence(before) and not asks_presence(after)
    if _picture(after) == _picture(before) and not answered:
        return after
    moved = after.screen != before.screen
    present_at = after.seconds if moved else after.present_at
    easing = after.easing and not moved
    return replace(after, changed_at=after.seconds, present_at=present_at, easing=easing)


def _picture(model: Model) -> tuple[object, ...]:
    """What moves the buttons. Letters that are typed do not."""
    screen = model.screen
    if isinstance(screen, m.TypeCode | m.EnterPin):
        screen = type(screen)()
    over = model.help_shown, model.easing, has_news(model), rests(model)
    return screen, model.language, model.serves, over, model.ease, model.out_of_service


def _patience(model: Model) -> float | None:
    """Seconds until the screen goes away by itself; None while an answer is awaited."""
    match model.screen:
        case m.Working():
            return None
        case _ if model.help_shown and model.bell is not m.Bell.BROKEN:
            return HELP_SECONDS
        case m.FailSafe(""):
            return FAIL_SAFE_SECONDS
        case m.Maintenance():
            return MAINTENANCE_SECONDS
        case m.TicketReady() | m.FailSafe():
            return model.settings.kiosk.ticket_seconds
        case _:
            return model.settings.kiosk.idle_seconds


def _nothing_to_lose(model: Model) -> bool:
    at_rest = model.screen == m.FailSafe() or cut_off(model) or nobody_spoke(model)
    return at_rest and not model.help_shown


def _first_language(model: Model) -> str:
    return model.settings.site.languages[0]


def _as_offered(model: Model) -> Model:
    """The visitor chooses anew when the catalogue has lost what is shown."""
    match model.screen:
        case m.Services(institution):
            there = model.offer.institution(institution) is not None
        case m.Situation(situation):
            there = model.offer.situation(situation) is not None
        case m.Channel(service):
            there = model.offer.service(service) is not None
        case _:
            there = True
    return model if there else replace(model, screen=m.Institutions())


def _show(model: Model, screen: m.Screen) -> Step:
    return replace(model, screen=screen), ()


def _ask(model: Model, command: Command, back: m.Calm) -> Step:
    ask = e.SendCommand(command) if model.connected else e.AnswerAlone(command)
    return replace(model, screen=m.Working(back, command)), (ask,)


def _stay(model: Model, given: object) -> Step:
    return model, ()


# Coming and going. ----------------------------------------------------------------------------


def _done(model: Model, given: i.Done) -> Step:
    match model.screen:
        case m.TicketReady() | m.TicketFound() | m.Thanks() | m.Message() | m.RateVisit():
            return _for_the_next_visitor(model)
        case m.Maintenance() | m.FailSafe():
            return _for_the_next_visitor(model)
        case _:
            return model, ()


def _for_the_next_visitor(model: Model) -> Step:
    language = _first_language(model)
    model = replace(model, language=language, help_shown=False, ease=PLAIN, easing=False)
    return _show(model, m.Start())


def _tick(model: Model, given: i.Tick) -> Step:
    model = replace(model, seconds=given.seconds, now=given.now)
    patience = _patience(model)
    if patience is not None and model.seconds - model.present_at >= patience:
        return _for_the_next_visitor(model)
    return model, ()


def _choose_language(model: Model, given: i.ChooseLanguage) -> Step:
    known = given.language in model.settings.site.languages
    return (replace(model, language=given.language) if known else model), ()


def _easier(model: Model, given: i.Easier) -> Step:
    return replace(model, easing=given.open), ()


def _set_ease(model: Model, given: i.SetEase) -> Step:
    volume = min(LOUDEST, max(1, given.ease.volume))
    voice = given.ease.voice and model.can_speak
    return replace(model, ease=replace(given.ease, voice=voice, volume=volume)), ()


def _say_again(model: Model, given: i.SayAgain) -> Step:
    return model, (e.SpeakAgain(),)


def _voice_there(model: Model, given: i.VoiceThere) -> Step:
    model = replace(model, can_speak=given.there)
    return _set_ease(model, i.SetEase(model.ease))


def _panel_there(model: Model, given: i.PanelThere) -> Step:
    return replace(model, panel=given.panel), ()


def _back(model: Model, given: i.Back) -> Step:
    if model.help_shown:
        return replace(model, help_shown=False), ()
    match model.screen:
        case m.Services() | m.Situations():
            return _show(model, m.Institutions())
        case m.Situation():
            return _show(model, m.Situations())
        case m.Channel(back=back) | m.Message(back=back):
            return _show(model, back)
        case m.TypeCode() if model.scanner:
            return _show(model, m.ShowCode())
        case m.EnterPin():
            return _for_the_next_visitor(model)
        case m.Institutions() | m.ShowCode() | m.TypeCode():
            return _show(model, m.Start())
        case _:
            return model, ()


def _start_again(model: Model, given: i.StartAgain) -> Step:
    fits = isinstance(model.screen, m.Calm | m.Message)
    return _show(model, m.Start()) if fits else (model, ())


def _failed(model: Model, given: i.Failed) -> Step:
    match model.screen:
        case m.TicketReady(ticket):
            number = ticket.number
        case m.FailSafe(number):  # and once more
            pass
        case _:
            number = ""
    return _show(replace(model, help_shown=False), m.FailSafe(number))


# Without an appointment. ----------------------------------------------------------------------


def _need_service(model: Model, given: i.NeedService) -> Step:
    asks = m.Start | m.ShowCode | m.TypeCode | m.Message | m.TicketFound | m.Thanks
    return _show(model, m.Institutions()) if isinstance(model.screen, asks) else (model, ())


def _choose_institution(model: Model, given: i.ChooseInstitution) -> Step:
    chosen = model.offer.institution(given.institution)
    if chosen is None or not isinstance(model.screen, m.Institutions):
        return model, ()
    if not chosen.open:
        return _show(model, m.Message(chosen, model.screen))
    if not model.offer.services_of(chosen):
        refusal = RefusalView(code=RefusalCode.APPOINTMENT_NEEDED)
        return _show(model, m.Message(refusal, model.screen))
    return _show(model, m.Services(chosen.id))


def _tell_situation(model: Model, given: i.TellSituation) -> Step:
    fits = isinstance(model.screen, m.Institutions)
    return _show(model, m.Situations()) if fits else (model, ())


def _choose_situation(model: Model, given: i.ChooseSituation) -> Step:
    fits = isinstance(model.screen, m.Situations)
    return _show(model, m.Situation(given.situation)) if fits else (model, ())


def _choose_service(model: Model, given: i.ChooseService) -> Step:
    chosen = model.offer.service(given.service)
    if chosen is None or not isinstance(model.screen, m.Services | m.Situation):
        return model, ()
    if not chosen.institution.open:
        return _show(model, m.Message(chosen.institution, model.screen))
    if chosen.computer:
        return _show(model, m.Channel(given.service, model.screen))
    return _ask(model, TakeTicket(given.service, model.language), model.screen)


def _choose_channel(model: Model, given: i.ChooseChannel) -> Step:
    if not isinstance(model.screen, m.Channel):
        return model, ()
    service, computer = model.screen.service, model.offer.computer_service
    command = TakeTicket(service, model.language, offered=True)
    if given.computer and computer:
        command = TakeTicket(computer, model.language, offered=True, instead_of=service)
    return _ask(model, command, model.screen)


def _more(model: Model, given: i.More) -> Step:
    if isinstance(model.screen, m.Institutions | m.Services | m.Situations | m.Situation):
        return _show(model, replace(model.screen, page=given.page))
    return model, ()


# With an appointment, or with a ticket. -------------------------------------------------------


def _have_appointment(model: Model, given: i.HaveAppointment) -> Step:
    if not isinstance(model.screen, m.Start):
        return model, ()
    return _show(model, m.ShowCode() if model.scanner else m.TypeCode())


def _by_hand(model: Model, given: i.ByHand) -> Step:
    fits = isinstance(model.screen, m.ShowCode | m.Message)
    return _show(model, m.TypeCode()) if fits else (model, ())


def _scanned(model: Model, given: i.Scanned) -> Step:
    back = _scans_for(model.screen)
    if back is None or not model.serves or model.out_of_service:
        return model, ()
    seen, site = replace(model, help_shown=False), model.settings.site
    if ticket := ticket_in_qr(given.text, site.id):
        return _ask(seen, FindTicket(ticket), back)
    try:
        return _check_in(seen, code_in_qr(given.text, site.id), back)
    except ForeignCodeError:
        about = m.Notice.FOREIGN_CODE
    except OtherCentreError:
        about = m.Notice.OTHER_CENTRE
    has_number = isinstance(model.screen, m.TicketReady)  # that no wrong code takes away
    return (model, ()) if has_number else _show(seen, m.Message(about, back))


def _check_in(model: Model, code: str, back: m.Calm) -> Step:
    digest = booking_digest(model.settings.site.booking_secret, code)
    return _ask(model, CheckIn(digest, model.language), back)


def _scans_for(screen: m.Screen) -> m.Calm | None:
    """The screen to come back to after a scan; None where a scan is not taken. What was typed may
    be a former visitor's."""
    match screen:
        case m.Working() | m.FailSafe() | m.EnterPin() | m.Maintenance():
            return None
        case m.TicketReady(outcome=outcome) if not _on_paper(outcome):
            return None  # the number is nowhere else
        case m.TypeCode() | m.Message(back=m.TypeCode()):
            return m.TypeCode()
        case m.Message(back=back):
            return back
        case m.TicketReady() | m.TicketFound() | m.Thanks() | m.RateVisit():  # the next visitor
            return m.Start()
        case _:
            return screen


def _on_paper(outcome: PrintOutcome | None) -> bool:
    return outcome is not None and outcome.result is PrintResult.PRINTED


def _score(model: Model, given: i.Score) -> Step:
    if not isinstance(model.screen, m.RateVisit):
        return model, ()
    return _ask(model, Rate(model.screen.ticket.id, given.score), model.screen)


# Typing. --------------------------------------------------------------------------------------


def _key(model: Model, given: i.Key) -> Step:
    match model.screen:
        case m.TypeCode(typed) if given.character in LETTERS and len(typed) < LONGEST:
            return _show(model, m.TypeCode(typed + given.character))
        case m.EnterPin(typed) if given.character in DIGITS and len(typed) < LONGEST_PIN:
            return _show(model, m.EnterPin(typed + given.character))
        case _:
            return model, ()


def _erase(model: Model, given: i.Erase) -> Step:
    if isinstance(model.screen, m.TypeCode | m.EnterPin):
        return _show(model, type(model.screen)(model.screen.typed[:-1]))
    return model, ()


def _erase_all(model: Model, given: i.EraseAll) -> Step:
    if isinstance(model.screen, m.TypeCode | m.EnterPin):
        return _show(model, type(model.screen)())
    return model, ()


def _enter(model: Model, given: i.Enter) -> Step:
    match model.screen:
        case m.TypeCode(typed) if len(typed) < SHORTEST:
            return _show(model, m.TypeCode(typed, too_short=True))
        case m.TypeCode(typed) if not cut_off(model):
            return _check_in(model, typed, m.TypeCode(typed))
        case m.EnterPin(typed, checking=False) if len(typed) >= SHORTEST_PIN:
            return replace(model, screen=m.EnterPin(checking=True)), (e.CheckPin(typed),)
        case _:
            return model, ()


# Answers. -------------------------------------------------------------------------------------


def _reply_came(model: Model, given: i.ReplyCame) -> Step:
    reply = given.reply
    if isinstance(given.command, AskHelp):
        return _rang(model, heard=reply.refusal is None), ()
    if not isinstance(model.screen, m.Working) or model.screen.command != given.command:
        return model, _without_ghost(given.command, reply)
    back = model.screen.back
    if _can_be_given_here(model, given.command) and _is_fault(reply):
        return model, (e.AnswerAlone(given.command, reply.id),)
    match given.command:
        case Rate() if reply.refusal is None or _rated_before(reply.refusal):
            return _show(model, m.Thanks(before=reply.refusal is not None))
        case CheckIn() if used := _used_before(reply):
            return _ask(model, FindTicket(used), back)
        case FindTicket() if reply.ticket:
            return _found(model, reply.ticket)
        case TakeTicket() | CheckIn() if reply.ticket:
            screen = m.TicketReady(reply.ticket)
            return replace(model, screen=screen), (e.PrintTicket(reply.ticket),)
        case _:
            refusal = reply.refusal or RefusalView(code=RefusalCode.MODULE_FAULT)
            return _show(model, m.Message(refusal, back))


def _can_be_given_here(model: Model, command: Command) -> bool:
    return model.own_numbers and isinstance(command, TakeTicket | CheckIn)


def _is_fault(reply: Reply) -> bool:
    """Whether the module could not do it just now."""
    faults = {RefusalCode.MODULE_FAULT, RefusalCode.NOT_STORED}
    return reply.refusal is not None and reply.refusal.code in faults


def _rated_before(refusal: RefusalView) -> bool:
    return refusal.code is RefusalCode.ALREADY_RATED


def _used_before(reply: Reply) -> str:
    """The ticket of an appointment that was shown before; empty where that is not so."""
    used = reply.refusal and reply.refusal.code is RefusalCode.BOOKING_USED
    return reply.refusal.facts.get("ticket", "") if reply.refusal and used else ""


def _found(model: Model, ticket: TicketView) -> Step:
    """The visitor goes on in the language of the ticket."""
    model, _ = _choose_language(model, i.ChooseLanguage(ticket.language))
    if ticket.status is not Status.SERVED:
        return _show(model, m.TicketFound(ticket))
    return _show(model, m.Thanks(before=True) if ticket.rated else m.RateVisit(ticket))


def _without_ghost(command: Command, reply: Reply) -> tuple[Effect, ...]:
    new = isinstance(command, TakeTicket) and reply.ticket and reply.ticket.kind is Kind.WALK_IN
    return (e.CancelTicket(reply.ticket.id),) if reply.ticket and new else ()


def _no_reply(model: Model, given: i.NoReply) -> Step:
    # The module may have given a ticket, or may do so yet; a ticket's id is its command's. Who is
    # checked in stays so: that booking holder is here and asks the staff now.
    if isinstance(given.command, AskHelp):
        return _rang(model, heard=False), ()
    if isinstance(model.screen, m.Working) and model.screen.command == given.command:
        if _can_be_given_here(model, given.command):
            return model, (e.AnswerAlone(given.command, given.command_id),)
        for_number = isinstance(given.command, TakeTicket | CheckIn)
        about = m.Notice.NO_NUMBER if for_number else m.Notice.NO_REPLY
        model = replace(model, screen=m.Message(about, model.screen.back))
    return model, _given_up(given.command, given.command_id)


def _given_up(command: Command, command_id: str) -> tuple[Effect, ...]:
    asked = command_id and isinstance(command, TakeTicket)
    return (e.CancelTicket(command_id),) if asked else ()


def _answered_alone(model: Model, given: i.AnsweredAlone) -> Step:
    """As by the module, but that what is not known here is not said to be so."""
    if not isinstance(model.screen, m.Working):
        return model, ()
    back, command, reply = model.screen.back, given.command, given.reply
    if reply and reply.ticket:
        return _reply_came(model, i.ReplyCame(reply, command))
    about: m.Notice | RefusalView
    if reply and reply.refusal:
        unknown = reply.refusal.code is RefusalCode.UNKNOWN_BOOKING
        about = m.Notice.UNCHECKED if unknown else reply.refusal
    else:
        for_number = isinstance(command, TakeTicket | CheckIn)
        about = m.Notice.NO_NUMBER if for_number else m.Notice.NOT_NOW
    model = replace(model, screen=m.Message(about, back))
    return model, _given_up(command, given.command_id)


def _own_numbers(model: Model, given: i.OwnNumbers) -> Step:
    return replace(model, own_numbers=given.there), ()


def _catalogue_came(model: Model, given: i.CatalogueCame) -> Step:
    after = replace(model, catalogue=given.catalogue)
    answered = model.help_asked_at and not after.help_asked_at
    return (_somebody_comes(after) if answered else after), ()


def _connection(model: Model, given: i.Connection) -> Step:
    return replace(model, connected=given.connected), ()


def _scanner_there(model: Model, given: i.ScannerThere) -> Step:
    return replace(model, scanner=given.there), ()


def _somebody_there(model: Model, given: i.SomebodyThere) -> Step:
    model = replace(model, somebody=given.there)
    return (replace(model, present_at=model.seconds) if _untouched(model) else model), ()


def _paper_came(model: Model, given: i.PaperCame) -> Step:
    if isinstance(model.screen, m.TicketReady) and model.screen.ticket.id == given.ticket:
        return _show(model, replace(model.screen, outcome=given.outcome))
    return model, ()


def _print_again(model: Model, given: i.PrintAgain) -> Step:
    if not isinstance(model.screen, m.TicketReady) or model.screen.outcome is None:
        return model, ()
    ticket = model.screen.ticket
    return replace(model, screen=m.TicketReady(ticket)), (e.PrintTicket(ticket, again=True),)


# Help. ----------------------------------------------------------------------------------------


def _call_help(model: Model, given: i.CallHelp) -> Step:
    if isinstance(model.screen, m.FailSafe | m.EnterPin | m.Maintenance):
        return model, ()
    model = replace(model, help_shown=True)
    rung = model.bell in {m.Bell.RINGING, m.Bell.HEARD, m.Bell.ANSWERED}
    if rung and model.seconds - model.bell_at < RING_AGAIN_SECONDS:
        return model, ()
    if not model.connected:
        return replace(model, bell=m.Bell.BROKEN), ()
    model = replace(model, bell=m.Bell.RINGING, bell_at=model.seconds)
    return model, (e.SendCommand(AskHelp()),)


def _somebody_comes(model: Model) -> Model:
    seconds = 0 if model.help_shown else NEWS_SECONDS
    news_until = model.seconds + seconds
    return replace(model, bell=m.Bell.ANSWERED, bell_at=model.seconds, news_until=news_until)


def _rang(model: Model, *, heard: bool) -> Model:
    return replace(model, bell=m.Bell.HEARD if heard else m.Bell.BROKEN)


# A technician. --------------------------------------------------------------------------------


def _touch_name(model: Model, given: i.TouchName) -> Step:
    if _is_taken(model.screen) or not model.settings.kiosk.maintenance_pin:
        return model, ()
    lately = tuple(at for at in model.name_touched_at if model.seconds - at < NAME_SECONDS)
    model = replace(model, name_touched_at=(*lately, model.seconds))
    if len(model.name_touched_at) < NAME_TOUCHES:
        return model, ()
    return _show(replace(model, name_touched_at=(), help_shown=False), m.EnterPin())


def _is_taken(screen: m.Screen) -> bool:
    """By a number, which no sign takes away, or by a technician."""
    match screen:
        case m.Working() | m.TicketReady() | m.EnterPin() | m.Maintenance():
            return True
        case m.FailSafe(number):
            return bool(number)
        case _:
            return False


def _pin_checked(model: Model, given: i.PinChecked) -> Step:
    if not isinstance(model.screen, m.EnterPin):
        return model, ()
    if given.right:
        return replace(model, screen=m.Maintenance()), (e.TestSelf(),)
    return _show(model, m.EnterPin(wrong=True, wait=given.wait))


def _look(model: Model, given: i.Look) -> Step:
    return model, (e.TestSelf(),) if isinstance(model.screen, m.Maintenance) else ()


def _try_printer(model: Model, given: i.TryPrinter) -> Step:
    return model, (e.PrintTrial(),) if isinstance(model.screen, m.Maintenance) else ()


def _self_tested(model: Model, given: i.SelfTested) -> Step:
    fits = isinstance(model.screen, m.Maintenance)
    return _show(model, m.Maintenance(given.found)) if fits else (model, ())


def _serve(model: Model, given: i.Serve) -> Step:
    if not isinstance(model.screen, m.Maintenance):
        return model, ()
    return _for_the_next_visitor(replace(model, out_of_service=not given.visitors))


def _restart(model: Model, given: i.Restart) -> Step:
    return model, (e.RestartProgram(),) if isinstance(model.screen, m.Maintenance) else ()


_STEPS: Mapping[type[Any], Callable[[Model, Any], Step]] = {
    i.ChooseLanguage: _choose_language,
    i.HaveAppointment: _have_appointment,
    i.NeedService: _need_service,
    i.ChooseInstitution: _choose_institution,
    i.TellSituation: _tell_situation,
    i.ChooseSituation: _choose_situation,
    i.ChooseService: _choose_service,
    i.ChooseChannel: _choose_channel,
    i.Easier: _easier,
    i.SetEase: _set_ease,
    i.SayAgain: _say_again,
    i.VoiceThere: _voice_there,
    i.PanelThere: _panel_there,
    i.More: _more,
    i.ByHand: _by_hand,
    i.Key: _key,
    i.Erase: _erase,
    i.EraseAll: _erase_all,
    i.Enter: _enter,
    i.Score: _score,
    i.PrintAgain: _print_again,
    i.CallHelp: _call_help,
    i.TouchName: _touch_name,
    i.Look: _look,
    i.TryPrinter: _try_printer,
    i.Serve: _serve,
    i.Restart: _restart,
    i.Back: _back,
    i.StartAgain: _start_again,
    i.Done: _done,
    i.StillHere: _stay,
    i.Scanned: _scanned,
    i.ScannerThere: _scanner_there,
    i.SomebodyThere: _somebody_there,
    i.ReplyCame: _reply_came,
    i.NoReply: _no_reply,
    i.AnsweredAlone: _answered_alone,
    i.OwnNumbers: _own_numbers,
    i.CatalogueCame: _catalogue_came,
    i.Connection: _connection,
    i.PaperCame: _paper_came,
    i.PinChecked: _pin_checked,
    i.SelfTested: _self_tested,
    i.Tick: _tick,
    i.Failed: _failed,
}
