"""Keys and voice, without a display: what has the focus, what is pressed, what is said."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import texts
from drivers.audio import Audio, NoAudio, SimulatedAudio
from drivers.speech import USUAL, EspeakSpeech, NoSpeech, Speech
from kiosk import demo
from kiosk import inputs as i
from kiosk import model as m
from kiosk.frames import frame_of
from kiosk.guide import Guide
from kiosk.keys import Key, Strikes
from kiosk.panel import LOUDEST
from kiosk.spoken import aloud, spoken
from kiosk.voice import Voice
from tests.kiosk.visitor import Visitor
from tests.parts import wait_until

LATVIAN = texts.language("lv")


class Heard(Voice):
    """A voice that keeps what it was to say."""

    def __init__(self) -> None:
        self.said: list[tuple[str, ...]] = []

    def say(self, sentences: tuple[str, ...], language: str, volume: int) -> None:
        self.said.append(sentences)

    def hush(self) -> None:
        self.said.append(())


class KeyUser(Visitor):
    """Uses keys alone, with headphones."""

    def __init__(self) -> None:
        self.voice = Heard()
        self.guide = Guide(self.voice)
        super().__init__()
        self.give(i.VoiceThere(there=True))

    def give(self, given: i.Input) -> None:
        super().give(given)
        self.guide.shown(self.frame, self.model.language)

    def keys(self, *keys: Key) -> None:
        for each in keys:
            self.give(self.guide.key(each, ""))
            self.wait(1)


def test_the_first_key_shows_the_focus_and_the_others_reach_every_choice() -> None:
    user = KeyUser()
    reached = []
    for _ in user.frame.choices():
        user.keys(Key.NEXT)
        reached.append(user.guide.focus)
    assert reached == [each.action for each in user.frame.choices()]
    user.keys(Key.PREVIOUS)
    assert user.guide.focus == reached[-2]
    user.guide.touched()
    assert not user.guide.focus


def test_a_ticket_by_keys_alone() -> None:
    user = KeyUser()
    user.keys(Key.PRESS)
    assert user.sees(m.Start)
    user.keys(Key.NEXT, Key.PRESS)
    assert user.sees(m.Institutions)
    assert user.guide.focus == user.frame.choices()[0].action
    user.keys(Key.PRESS, Key.BACK, Key.PRESS, Key.PRESS)
    assert isinstance(user.model.screen, m.Working | m.Channel)


@pytest.mark.parametrize("key", [Key.HELP, Key.EASE])
def test_help_and_ease_have_their_keys(key: Key) -> None:
    user = KeyUser()
    user.keys(key)
    assert (user.model.help_shown, user.model.easing) == (key is Key.HELP, key is Key.EASE)


def test_letters_of_a_keyboard_type_a_code() -> None:
    user = KeyUser()
    user.give(i.HaveAppointment())
    user.wait(1)
    user.give(i.ByHand())
    user.wait(1)
    user.give(user.guide.key(None, "k"))
    assert user.model.screen == m.TypeCode("K")


def test_headphones_switch_the_voice_on_and_the_next_visitor_finds_it_off() -> None:
    user = KeyUser()
    user.keys(Key.VOICE)
    assert user.model.ease.voice
    assert user.voice.said[0][0] == "Labdien! Kā varam palīdzēt?"
    user.keys(*[Key.LOUDER] * 9)
    assert user.model.ease.volume == LOUDEST
    user.wait(user.model.settings.kiosk.idle_seconds)
    user.wait(user.model.settings.kiosk.idle_seconds)
    assert user.voice.said[-1] == ()


def test_only_what_is_new_is_said_again_unless_all_is_asked_for() -> None:
    user = KeyUser()
    user.keys(Key.VOICE, Key.EASE)
    heading = user.frame.view.heading
    assert user.voice.said[-1][0] == heading
    user.give(i.SetEase(replace(user.model.ease, large=True)))
    assert user.voice.said[-1] == ("Lielāki burti. Ieslēgts",)
    user.guide.say_again()
    assert user.voice.said[-1][0] == heading


def test_a_key_that_is_held_or_struck_twice_counts_once() -> None:
    strikes = Strikes(0.5)
    assert strikes.down(274, 10.0)
    assert not strikes.down(274, 11.0)  # held
    strikes.up(274)
    assert strikes.down(274, 11.1)
    strikes.up(274)
    assert not strikes.down(274, 11.5)
    assert strikes.down(273, 11.5)
    strikes.up(273)
    assert strikes.down(274, 11.6)


def test_whatever_the_visitor_does_ends_what_is_said() -> None:
    user = KeyUser()
    user.keys(Key.VOICE)
    user.guide.key(None, "")
    assert user.voice.said[-1] == ()
    user.guide.say_again()
    user.guide.touched()
    assert user.voice.said[-1] == ()


def test_without_sound_no_voice_is_offered() -> None:
    user = KeyUser()
    user.give(i.VoiceThere(there=False))
    user.keys(Key.VOICE, Key.EASE)
    assert not user.model.ease.voice
    assert "ease:voice" not in user.buttons()


@pytest.mark.parametrize("language", ["lv", "en"])
def test_every_screen_says_its_heading_all_choices_and_how_to_choose(language: str) -> None:
    for name, model in demo.models(language).items():
        said = " ".join(spoken(frame_of(model), texts.language(language), by_keys=True))
        assert said, name
        for each in frame_of(model).choices():
            if not each.action.startswith(("key:", "score:", "erase", "enter")):
                named = aloud(each.title, texts.language(language)) in said
                assert named or each in frame_of(model).tools, f"{name}: {each.action}"


def test_nobody_hears_what_a_ticket_is_for() -> None:
    frame = frame_of(demo.models("lv")["ticket"])
    assert "Slimības pabalsts" not in " ".join(spoken(frame, LATVIAN, by_keys=False))


def test_abbreviations_are_read_as_words() -> None:
    assert aloud("VSAA, plkst. 09:00, A 042", LATVIAN) == "V S A A, pulksten 09:00, A, 42"


def test_the_newest_is_said_and_the_old_left_off(tmp_path: Path) -> None:
    faults: list[str] = []
    audio = Slow()
    voice = Voice(audio, EspeakSpeech(tmp_path / "speech"), tmp_path, lambda action: action())
    voice.start(faults.append)
    wait_until(lambda: faults == [""])
    voice.say(("Viens.", "Divi."), "lv", 3)
    wait_until(lambda: len(audio.played) == 2)
    voice.say(("Trīs.",), "lv", 3)
    wait_until(lambda: len(audio.played) == 3)
    voice.stop()
    assert audio.cut_off == 1


class Slow(SimulatedAudio):
    """Plays until it is no longer wanted, except the silence at first and what comes last."""

    def __init__(self) -> None:
        super().__init__(None)
        self.cut_off = 0

    def play(self, wav: Path, wanted: Callable[[], bool] = lambda: True) -> bool:
        super().play(wav)
        if len(self.played) == 2:
            wait_until(lambda: not wanted())
            self.cut_off += 1
        return True


class Mute(Speech):
    """A voice that is lost after its first word."""

    def __init__(self, folder: Path) -> None:
        self._speech: Speech = EspeakSpeech(folder)

    def synthesise(self, text: str, language: str, loudness: int = USUAL) -> Path | None:
        voice, self._speech = self._speech, NoSpeech()
        return voice.synthesise(text, language, loudness)


@pytest.mark.parametrize(
    ("audio", "fault"), [(NoAudio(), "sound_offline"), (SimulatedAudio(None), "voice_offline")]
)
def test_what_a_unit_lacks_for_a_voice_is_told(audio: Audio, fault: str, tmp_path: Path) -> None:
    faults: list[str] = []
    voice = Voice(audio, NoSpeech(), tmp_path, lambda action: action())
    voice.start(faults.append)
    wait_until(lambda: faults == [fault])
    voice.stop()


def test_a_voice_that_is_lost_is_told_once(tmp_path: Path) -> None:
    faults: list[str] = []
    voice = Voice(SimulatedAudio(None), Mute(tmp_path / "s"), tmp_path, lambda action: action())
    voice.start(faults.append)
    for _ in range(3):
        voice.say(("Viens.",), "lv", 3)
    wait_until(lambda: faults == ["", "voice_offline"])
    voice.hush()
    voice.stop()
    assert faults == ["", "voice_offline"]
