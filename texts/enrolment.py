"""Why a unit was not let in, or is given no code, and what to do: for a technician."""

from texts import Language


def sentence(language: Language, refusal: str) -> str:
    """What is wrong and the one thing to do, by the code of the refusal."""
    return language.text(_SENTENCES[refusal])


def text(source: str) -> str:
    """Marks a source sentence of the table below."""
    return source


_SENTENCES = {
    "nobody_there": text("The hub does not answer. See that it is on and in the same network."),
    "nobody_awaited": text("The hub awaits no unit. Ask for a new code at the desk."),
    "wrong_code": text("The code is not right. Look at it once more."),
    "code_used": text("Another unit has used this code. Ask for a new one at the desk."),
    "code_over": text("The time of this code is over. Ask for a new one at the desk."),
    "other_unit": text(
        "This code is for another unit. Ask for one for this unit, or change the card file."
    ),
    "hub_fails": text("The hub could not do it. Look at its clock and its faults at the desk."),
    "slow_clock": text(
        "The hub's clock is years behind. Connect the hub to a network that gives the time."
    ),
    "unknown_unit": text("The hub knows no unit of this id."),
    "other_role": text("There is a unit of this id with another role. Choose another id."),
    "bad_id": text("An id has small letters, digits and hyphens, such as kiosk-2."),
    "too_many": text("A hundred units are awaited already. Wait half an hour."),
    "not_allowed": text("This unit is the hub itself: a technician does it there."),
}
