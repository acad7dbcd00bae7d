"""Without an appointment: institution, what has happened, service, counter or computer."""

from dataclasses import replace

from kiosk import inputs as i
from kiosk import model as m
from kiosk.model import Model
from kiosk.steps.moves import Step, Steps, ask, show
from messaging.messages import RefusalView
from queue_core.commands import TakeTicket
from queue_core.refusals import RefusalCode


def _need_service(model: Model, given: i.NeedService) -> Step:
    asks = m.Start | m.ShowCode | m.TypeCode | m.Message | m.TicketFound | m.Thanks
    return show(model, m.Institutions()) if isinstance(model.screen, asks) else (model, ())


def _choose_institution(model: Model, given: i.ChooseInstitution) -> Step:
    chosen = model.offer.institution(given.institution)
    if chosen is None or not isinstance(model.screen, m.Institutions):
        return model, ()
    if not chosen.open:
        return show(model, m.Message(chosen, model.screen))
    if not model.offer.services_of(chosen):
        refusal = RefusalView(code=RefusalCode.APPOINTMENT_NEEDED)
        return show(model, m.Message(refusal, model.screen))
    return show(model, m.Services(chosen.id))


def _tell_situation(model: Model, given: i.TellSituation) -> Step:
    fits = isinstance(model.screen, m.Institutions)
    return show(model, m.Situations()) if fits else (model, ())


def _choose_situation(model: Model, given: i.ChooseSituation) -> Step:
    fits = isinstance(model.screen, m.Situations)
    return show(model, m.Situation(given.situation)) if fits else (model, ())


def _choose_service(model: Model, given: i.ChooseService) -> Step:
    chosen = model.offer.service(given.service)
    if chosen is None or not isinstance(model.screen, m.Services | m.Situation):
        return model, ()
    if not chosen.institution.open:
        return show(model, m.Message(chosen.institution, model.screen))
    if chosen.computer:
        return show(model, m.Channel(given.service, model.screen))
    return ask(model, TakeTicket(given.service, model.language), model.screen)


def _choose_channel(model: Model, given: i.ChooseChannel) -> Step:
    if not isinstance(model.screen, m.Channel):
        return model, ()
    service, computer = model.screen.service, model.offer.computer_service
    command = TakeTicket(service, model.language, offered=True)
    if given.computer and computer:
        command = TakeTicket(computer, model.language, offered=True, instead_of=service)
    return ask(model, command, model.screen)


def _more(model: Model, given: i.More) -> Step:
    if isinstance(model.screen, m.Institutions | m.Services | m.Situations | m.Situation):
        return show(model, replace(model.screen, page=given.page))
    return model, ()


STEPS: Steps = {
    i.NeedService: _need_service,
    i.ChooseInstitution: _choose_institution,
    i.TellSituation: _tell_situation,
    i.ChooseSituation: _choose_situation,
    i.ChooseService: _choose_service,
    i.ChooseChannel: _choose_channel,
    i.More: _more,
}
