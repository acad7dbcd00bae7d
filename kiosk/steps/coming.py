"""Coming and going: language, ways back, the end of a visit, what passes by itself."""

from dataclasses import replace

from kiosk import effects as e
from kiosk import inputs as i
from kiosk import model as m
from kiosk.model import Model
from kiosk.panel import LOUDEST
from kiosk.patience import seconds_allowed
from kiosk.steps.moves import Step, Steps, for_the_next_visitor, show


def _stay(model: Model, given: object) -> Step:
    return model, ()


def _done(model: Model, given: i.Done) -> Step:
    match model.screen:
        case m.TicketReady() | m.TicketFound() | m.Thanks() | m.Message() | m.RateVisit():
            return for_the_next_visitor(model)
        case m.Maintenance() | m.FailSafe():
            return for_the_next_visitor(model)
        case _:
            return model, ()


def _tick(model: Model, given: i.Tick) -> Step:
    model = replace(model, seconds=given.seconds, now=given.now)
    patience = seconds_allowed(model)
    if patience is not None and model.seconds - model.present_at >= patience:
        return for_the_next_visitor(model)
    return model, ()


def choose_language(model: Model, given: i.ChooseLanguage) -> Step:
    """The screens speak it from now on, if the centre offers it."""
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
            return show(model, m.Institutions())
        case m.Situation():
            return show(model, m.Situations())
        case m.Channel(back=back) | m.Message(back=back):
            return show(model, back)
        case m.TypeCode() if model.scanner:
            return show(model, m.ShowCode())
        case m.EnterPin():
            return for_the_next_visitor(model)
        case m.Institutions() | m.ShowCode() | m.TypeCode():
            return show(model, m.Start())
        case _:
            return model, ()


def _start_again(model: Model, given: i.StartAgain) -> Step:
    fits = isinstance(model.screen, m.Calm | m.Message)
    return show(model, m.Start()) if fits else (model, ())


def _failed(model: Model, given: i.Failed) -> Step:
    match model.screen:
        case m.TicketReady(ticket):
            number = ticket.number
        case m.FailSafe(number):  # and once more
            pass
        case _:
            number = ""
    return show(replace(model, help_shown=False), m.FailSafe(number))


STEPS: Steps = {
    i.ChooseLanguage: choose_language,
    i.Easier: _easier,
    i.SetEase: _set_ease,
    i.SayAgain: _say_again,
    i.VoiceThere: _voice_there,
    i.PanelThere: _panel_there,
    i.Back: _back,
    i.StartAgain: _start_again,
    i.Done: _done,
    i.StillHere: _stay,
    i.Tick: _tick,
    i.Failed: _failed,
}
