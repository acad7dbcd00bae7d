"""A code or a PIN, typed."""

from dataclasses import replace

from kiosk import effects as e
from kiosk import inputs as i
from kiosk import model as m
from kiosk.model import Model
from kiosk.patience import cut_off
from kiosk.steps.appointment import check_in
from kiosk.steps.moves import Step, Steps, show
from messaging.booking_code import (
    LETTERS,
    LONGEST,
    SHORTEST,
)

DIGITS = "0123456789"
SHORTEST_PIN, LONGEST_PIN = 4, 16


def _key(model: Model, given: i.Key) -> Step:
    match model.screen:
        case m.TypeCode(typed) if given.character in LETTERS and len(typed) < LONGEST:
            return show(model, m.TypeCode(typed + given.character))
        case m.EnterPin(typed) if given.character in DIGITS and len(typed) < LONGEST_PIN:
            return show(model, m.EnterPin(typed + given.character))
        case _:
            return model, ()


def _erase(model: Model, given: i.Erase) -> Step:
    if isinstance(model.screen, m.TypeCode | m.EnterPin):
        return show(model, type(model.screen)(model.screen.typed[:-1]))
    return model, ()


def _erase_all(model: Model, given: i.EraseAll) -> Step:
    if isinstance(model.screen, m.TypeCode | m.EnterPin):
        return show(model, type(model.screen)())
    return model, ()


def _enter(model: Model, given: i.Enter) -> Step:
    match model.screen:
        case m.TypeCode(typed) if len(typed) < SHORTEST:
            return show(model, m.TypeCode(typed, too_short=True))
        case m.TypeCode(typed) if not cut_off(model):
            return check_in(model, typed, m.TypeCode(typed))
        case m.EnterPin(typed, checking=False) if len(typed) >= SHORTEST_PIN:
            return replace(model, screen=m.EnterPin(checking=True)), (e.CheckPin(typed),)
        case _:
            return model, ()


STEPS: Steps = {
    i.Key: _key,
    i.Erase: _erase,
    i.EraseAll: _erase_all,
    i.Enter: _enter,
}
