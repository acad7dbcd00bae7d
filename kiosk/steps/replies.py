"""What the queue module answers, and what comes of what was printed."""

from dataclasses import replace

from kiosk import effects as e
from kiosk import inputs as i
from kiosk import model as m
from kiosk.effects import Effect
from kiosk.model import Model
from kiosk.patience import untouched
from kiosk.steps.coming import choose_language
from kiosk.steps.helping import rang, somebody_comes
from kiosk.steps.moves import Step, Steps, ask, show
from messaging.messages import RefusalView, Reply, TicketView
from queue_core.commands import AskHelp, CheckIn, Command, FindTicket, Rate, TakeTicket
from queue_core.life import Status
from queue_core.model import Kind
from queue_core.refusals import RefusalCode


def _reply_came(model: Model, given: i.ReplyCame) -> Step:
    reply = given.reply
    if isinstance(given.command, AskHelp):
        return rang(model, heard=reply.refusal is None), ()
    if not isinstance(model.screen, m.Working) or model.screen.command != given.command:
        return model, _without_ghost(given.command, reply)
    back = model.screen.back
    if _can_be_given_here(model, given.command) and _is_fault(reply):
        return model, (e.AnswerAlone(given.command, reply.id),)
    match given.command:
        case Rate() if reply.refusal is None or _rated_before(reply.refusal):
            return show(model, m.Thanks(before=reply.refusal is not None))
        case CheckIn() if used := _used_before(reply):
            return ask(model, FindTicket(used), back)
        case FindTicket() if reply.ticket:
            return _found(model, reply.ticket)
        case TakeTicket() | CheckIn() if reply.ticket:
            screen = m.TicketReady(reply.ticket)
            return replace(model, screen=screen), (e.PrintTicket(reply.ticket),)
        case _:
            refusal = reply.refusal or RefusalView(code=RefusalCode.MODULE_FAULT)
            return show(model, m.Message(refusal, back))


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
    model, _ = choose_language(model, i.ChooseLanguage(ticket.language))
    if ticket.status is not Status.SERVED:
        return show(model, m.TicketFound(ticket))
    return show(model, m.Thanks(before=True) if ticket.rated else m.RateVisit(ticket))


def _without_ghost(command: Command, reply: Reply) -> tuple[Effect, ...]:
    new = isinstance(command, TakeTicket) and reply.ticket and reply.ticket.kind is Kind.WALK_IN
    return (e.CancelTicket(reply.ticket.id),) if reply.ticket and new else ()


def _no_reply(model: Model, given: i.NoReply) -> Step:
    # The module may have given a ticket, or may do so yet; a ticket's id is its command's. Who is
    # checked in stays so: that booking holder is here and asks the staff now.
    if isinstance(given.command, AskHelp):
        return rang(model, heard=False), ()
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
    return (somebody_comes(after) if answered else after), ()


def _connection(model: Model, given: i.Connection) -> Step:
    return replace(model, connected=given.connected), ()


def _scanner_there(model: Model, given: i.ScannerThere) -> Step:
    return replace(model, scanner=given.there), ()


def _somebody_there(model: Model, given: i.SomebodyThere) -> Step:
    model = replace(model, somebody=given.there)
    return (replace(model, present_at=model.seconds) if untouched(model) else model), ()


def _paper_came(model: Model, given: i.PaperCame) -> Step:
    if isinstance(model.screen, m.TicketReady) and model.screen.ticket.id == given.ticket:
        return show(model, replace(model.screen, outcome=given.outcome))
    return model, ()


def _print_again(model: Model, given: i.PrintAgain) -> Step:
    if not isinstance(model.screen, m.TicketReady) or model.screen.outcome is None:
        return model, ()
    ticket = model.screen.ticket
    return replace(model, screen=m.TicketReady(ticket)), (e.PrintTicket(ticket, again=True),)


STEPS: Steps = {
    i.PrintAgain: _print_again,
    i.ScannerThere: _scanner_there,
    i.SomebodyThere: _somebody_there,
    i.ReplyCame: _reply_came,
    i.NoReply: _no_reply,
    i.AnsweredAlone: _answered_alone,
    i.OwnNumbers: _own_numbers,
    i.CatalogueCame: _catalogue_came,
    i.Connection: _connection,
    i.PaperCame: _paper_came,
}
