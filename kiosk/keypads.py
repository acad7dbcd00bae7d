"""The keypads: for the code of an appointment, and for a technician's PIN. Pure."""

from kiosk import inputs as i
from kiosk import model as m
from kiosk.views import Choice, Keypad
from messaging.booking_code import LETTERS, SHORTEST
from texts import Language

GROUP = 4
"""A code is read and compared in groups of so many."""

DIGITS = "123456789"


def code(screen: m.TypeCode, language: Language) -> Keypad:
    """All letters and digits of a code."""
    heading = language.text("Type the code of your appointment")
    if screen.too_short:
        heading = language.plural(
            "The code has at least {count} letter or digit.",
            "The code has at least {count} letters and digits.",
            SHORTEST,
        )
    typed = screen.typed
    groups = (typed[first : first + GROUP] for first in range(0, len(typed), GROUP))
    return Keypad(
        heading,
        language.text("It is on your appointment: letters and digits."),
        " ".join(groups),
        tuple(_key(each) for each in LETTERS),
        (
            _erase(language),
            Choice("erase_all", language.text("Erase all"), i.EraseAll()),
            Choice(
                "enter",
                language.text("Continue"),
                i.Enter(),
                available=len(typed) >= SHORTEST,
            ),
        ),
    )


def pin(screen: m.EnterPin, language: Language) -> Keypad:
    """Digits as on a telephone; what is typed shows as dots. The answer is the heading: large
    letters leave room for nothing else."""
    enter = Choice("enter", language.text("Continue"), i.Enter())
    return Keypad(
        _about_pin(screen, language),
        language.text("Maintenance"),
        "•" * len(screen.typed),
        (*(_key(each) for each in DIGITS), _erase(language), _key("0"), enter),
        (),
    )


def _about_pin(screen: m.EnterPin, language: Language) -> str:
    if screen.checking:
        return language.text("One moment, please.")
    if screen.wait:
        return language.plural(
            "Too many attempts. Wait {count} second.",
            "Too many attempts. Wait {count} seconds.",
            screen.wait,
        )
    if screen.wrong:
        return language.text("The PIN is not right. Try once more.")
    return language.text("Enter the technician's PIN.")


def _key(character: str) -> Choice:
    return Choice(f"key:{character}", character, i.Key(character))


def _erase(language: Language) -> Choice:
    return Choice("erase", language.text("Erase"), i.Erase())
