"""A technician: the hidden sign, the PIN, the maintenance screen."""

from dataclasses import replace

from kiosk import effects as e
from kiosk import inputs as i
from kiosk import model as m
from kiosk.model import Model
from kiosk.steps.moves import Step, Steps, for_the_next_visitor, show

NAME_TOUCHES, NAME_SECONDS = 5, 5.0
"""The technician's sign: so many touches on the centre's name within this time."""


def _touch_name(model: Model, given: i.TouchName) -> Step:
    if _is_taken(model.screen) or not model.settings.kiosk.maintenance_pin:
        return model, ()
    lately = tuple(at for at in model.name_touched_at if model.seconds - at < NAME_SECONDS)
    model = replace(model, name_touched_at=(*lately, model.seconds))
    if len(model.name_touched_at) < NAME_TOUCHES:
        return model, ()
    return show(replace(model, name_touched_at=(), help_shown=False), m.EnterPin())


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
    return show(model, m.EnterPin(wrong=True, wait=given.wait))


def _look(model: Model, given: i.Look) -> Step:
    return model, (e.TestSelf(),) if isinstance(model.screen, m.Maintenance) else ()


def _try_printer(model: Model, given: i.TryPrinter) -> Step:
    return model, (e.PrintTrial(),) if isinstance(model.screen, m.Maintenance) else ()


def _self_tested(model: Model, given: i.SelfTested) -> Step:
    fits = isinstance(model.screen, m.Maintenance)
    return show(model, m.Maintenance(given.found)) if fits else (model, ())


def _serve(model: Model, given: i.Serve) -> Step:
    if not isinstance(model.screen, m.Maintenance):
        return model, ()
    return for_the_next_visitor(replace(model, out_of_service=not given.visitors))


def _restart(model: Model, given: i.Restart) -> Step:
    return model, (e.RestartProgram(),) if isinstance(model.screen, m.Maintenance) else ()


STEPS: Steps = {
    i.TouchName: _touch_name,
    i.Look: _look,
    i.TryPrinter: _try_printer,
    i.Serve: _serve,
    i.Restart: _restart,
    i.PinChecked: _pin_checked,
    i.SelfTested: _self_tested,
}
