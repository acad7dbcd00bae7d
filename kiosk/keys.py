"""Keys: a tactile keypad, which shows itself as a USB keyboard, does all that touches do. Pure."""

import math
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

from kiosk import inputs as i
from kiosk.inputs import Touch
from kiosk.views import Choice, Frame


class Key(StrEnum):
    """What a key means."""

    NEXT = "next"
    PREVIOUS = "previous"
    PRESS = "press"
    BACK = "back"
    HELP = "help"
    SAY_AGAIN = "say again"
    EASE = "larger letters, voice"
    VOICE = "voice on"
    QUIETER = "quieter"
    LOUDER = "louder"


TAB = 9

KEYS: Mapping[int, Key] = {
    TAB: Key.NEXT,  # with Shift: PREVIOUS
    274: Key.NEXT,  # down
    275: Key.NEXT,  # right
    273: Key.PREVIOUS,  # up
    276: Key.PREVIOUS,  # left
    13: Key.PRESS,  # Enter
    32: Key.PRESS,  # space
    271: Key.PRESS,  # Enter of the number block
    27: Key.BACK,  # Escape
    8: Key.BACK,  # Backspace
    282: Key.HELP,  # F1
    283: Key.SAY_AGAIN,  # F2
    284: Key.EASE,  # F3
    1073741928: Key.QUIETER,  # F13
    1073741929: Key.LOUDER,  # F14
    1073741930: Key.VOICE,  # F15: a keypad's word for headphones that are plugged in
}
"""Kivy's key codes → meaning; the table of docs/accessibility.md. The last three are SDL's: what
Kivy 2.3 takes for F13 to F15 are *print screen*, *scroll lock* and *pause*."""

BACK = ("erase", "back", "ease_done", "done", "start_again", "still_here")
"""What *back* presses: the first of these that is there."""


class Strikes:
    """Which strikes count: none of a key that is held down, and not the second half of a double
    strike (EN 301 549, 5.7 and 5.8). `between` is in seconds."""

    def __init__(self, between: float) -> None:
        self._between = between
        self._held: set[int] = set()
        self._last, self._last_at = 0, -math.inf

    def down(self, code: int, now: float) -> bool:
        """Whether this one counts; `now` is monotonic."""
        again = code == self._last and now - self._last_at < self._between
        if code in self._held or again:
            return False
        self._held.add(code)
        self._last, self._last_at = code, now
        return True

    def up(self, code: int) -> None:
        """The key was let go."""
        self._held.discard(code)


def moved(frame: Frame, focus: str, key: Key | None) -> str:
    """The action that has the focus after this key; the first key only shows it."""
    actions = [each.action for each in frame.choices()]
    if not actions:
        return ""
    if focus not in actions:
        return actions[0]
    step = {Key.NEXT: 1, Key.PREVIOUS: -1}.get(key or Key.PRESS, 0)
    return actions[(actions.index(focus) + step) % len(actions)]


def pressed(frame: Frame, focus: str, key: Key | None, character: str) -> Touch:
    """What this key does, besides moving the focus; a character presses the key with that name."""
    by_action = {each.action: each for each in frame.choices()}
    ease = frame.ease
    match key:
        case Key.PRESS:
            return _of(by_action.get(focus))
        case Key.BACK:
            return _of(next((by_action[each] for each in BACK if each in by_action), None))
        case Key.HELP | Key.EASE:
            return _of(by_action.get("help" if key is Key.HELP else "ease"))
        case Key.SAY_AGAIN:
            return i.SayAgain()
        case Key.VOICE:
            return i.SetEase(replace(ease, voice=True))
        case Key.QUIETER | Key.LOUDER:
            step = 1 if key is Key.LOUDER else -1
            return i.SetEase(replace(ease, volume=ease.volume + step))
        case _:
            return _of(by_action.get(f"key:{character.upper()}"))


def _of(choice: Choice | None) -> Touch:
    return choice.pressed if choice else i.StillHere()
