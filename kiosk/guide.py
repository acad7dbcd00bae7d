"""Guides who cannot see or touch: keeps the focus of the keys, and tells the voice what to say."""

import texts
from kiosk.inputs import StillHere, Touch
from kiosk.keys import Key, moved, pressed
from kiosk.spoken import choice_spoken, spoken
from kiosk.views import Frame
from kiosk.voice import Voice


class Guide:
    """`focus` is the action that a key would press, "" while nobody uses keys."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._frame: Frame | None = None
        self._said: tuple[str, ...] = ()
        self._language = texts.SOURCE_LANGUAGE
        self.focus = ""

    def shown(self, frame: Frame, language: str) -> None:
        """This is on the screen now. Of a screen that stays, only what is new is said."""
        before, self._frame, self._language = self._frame, frame, language
        same = before is not None and before.view.heading == frame.view.heading
        if self.focus and not (same and self._is_there()):
            self.focus = moved(frame, "", None)
        said = spoken(frame, texts.language(language), by_keys=bool(self.focus))
        before_said, self._said = self._said, said
        if not frame.ease.voice:
            if before is not None and before.ease.voice:
                self._voice.hush()
            return
        same = same and before is not None and before.ease.voice
        self._say(tuple(each for each in said if not (same and each in before_said)))

    def say_again(self) -> None:
        """The whole screen."""
        self._say(self._said)

    def touched(self) -> None:
        """A finger needs no focus; and whoever acts has heard enough (EN 301 549, 5.1.3.5)."""
        self.focus = ""
        self._hush()

    def key(self, key: Key | None, character: str) -> Touch:
        """What this key does; it may only move the focus."""
        frame = self._frame
        if frame is None:
            return StillHere()
        self._hush()
        acts = bool(self.focus) or key is not Key.PRESS
        before, self.focus = self.focus, moved(frame, self.focus, key)
        if before != self.focus or key in {Key.NEXT, Key.PREVIOUS}:
            self._say_focus(frame)
        return pressed(frame, self.focus, key, character) if acts else StillHere()

    def _is_there(self) -> bool:
        return self._frame is not None and self.focus in {
            each.action for each in self._frame.choices()
        }

    def _hush(self) -> None:
        if self._frame and self._frame.ease.voice:
            self._voice.hush()

    def _say_focus(self, frame: Frame) -> None:
        if frame.ease.voice and self.focus:
            language = texts.language(self._language)
            focused = next(each for each in frame.choices() if each.action == self.focus)
            self._say((choice_spoken(focused, language),))

    def _say(self, sentences: tuple[str, ...]) -> None:
        if sentences and self._frame:
            self._voice.say(sentences, self._language, self._frame.ease.volume)
