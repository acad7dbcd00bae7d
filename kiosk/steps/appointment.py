"""With an appointment, or with a ticket: what is held to the scanner; the mark at the end."""

from dataclasses import replace

from drivers.printer import PrintOutcome, PrintResult
from kiosk import inputs as i
from kiosk import model as m
from kiosk.model import Model
from kiosk.steps.moves import Step, Steps, ask, show
from messaging.booking_code import (
    ForeignCodeError,
    OtherCentreError,
    booking_digest,
    code_in_qr,
    ticket_in_qr,
)
from queue_core.commands import CheckIn, FindTicket, Rate


def _have_appointment(model: Model, given: i.HaveAppointment) -> Step:
    if not isinstance(model.screen, m.Start):
        return model, ()
    return show(model, m.ShowCode() if model.scanner else m.TypeCode())


def _by_hand(model: Model, given: i.ByHand) -> Step:
    fits = isinstance(model.screen, m.ShowCode | m.Message)
    return show(model, m.TypeCode()) if fits else (model, ())


def _scanned(model: Model, given: i.Scanned) -> Step:
    back = _scans_for(model.screen)
    if back is None or not model.serves or model.out_of_service:
        return model, ()
    seen, site = replace(model, help_shown=False), model.settings.site
    if ticket := ticket_in_qr(given.text, site.id, model.settings.visitor_page.address):
        return ask(seen, FindTicket(ticket), back)
    try:
        return check_in(seen, code_in_qr(given.text, site.id), back)
    except ForeignCodeError:
        about = m.Notice.FOREIGN_CODE
    except OtherCentreError:
        about = m.Notice.OTHER_CENTRE
    has_number = isinstance(model.screen, m.TicketReady)  # that no wrong code takes away
    return (model, ()) if has_number else show(seen, m.Message(about, back))


def check_in(model: Model, code: str, back: m.Calm) -> Step:
    """Ask with the digest of the code: the code itself goes nowhere."""
    digest = booking_digest(model.settings.site.booking_secret, code)
    return ask(model, CheckIn(digest, model.language), back)


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
    return ask(model, Rate(model.screen.ticket.id, given.score), model.screen)


STEPS: Steps = {
    i.HaveAppointment: _have_appointment,
    i.ByHand: _by_hand,
    i.Score: _score,
    i.Scanned: _scanned,
}
