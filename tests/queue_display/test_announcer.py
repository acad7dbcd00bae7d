"""The voice: order, outcomes, and that it always reports."""

import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from drivers.audio import Audio, NoAudio, SimulatedAudio, always
from drivers.speech import EspeakSpeech, NoSpeech, Speech
from queue_display.announcer import Announcer, Outcome
from queue_display.chime import CHIME, write_chime
from queue_display.spoken import Sentence

SENTENCES = (Sentence("Numurs ā, viens", "lv"), Sentence("Number A, one", "en"))


class UnpluggedBetween:
    """A sound card that plays the chime and is then gone."""

    def play(self, wav: Path, wanted: Callable[[], bool] = always) -> bool:
        return wav == CHIME


class Failing:
    """A driver with a mistake in it."""

    def play(self, wav: Path, wanted: Callable[[], bool] = always) -> bool:
        raise RuntimeError("no such thing")


class Voice:
    """An announcer whose outcomes are waited for."""

    def __init__(self, audio: Audio, speech: Speech) -> None:
        posted: queue.Queue[Callable[[], None]] = queue.Queue()
        self.announcer = Announcer(audio, speech, CHIME, posted.put)
        self._posted = posted
        self._outcomes: list[Outcome] = []

    def order(self) -> None:
        self.announcer.announce(SENTENCES, self._outcomes.append)

    def outcome(self) -> Outcome:
        self._posted.get(timeout=10)()
        return self._outcomes[-1]


@pytest.mark.parametrize(
    ("outcome", "speaks", "faults"),
    [
        (Outcome(sound=True, spoken=True), True, ()),
        (Outcome(sound=True, spoken=False), True, ("voice_offline",)),
        (Outcome(sound=True, spoken=False), False, ()),
        (Outcome(sound=False, spoken=False), True, ("sound_offline",)),
    ],
)
def test_a_lost_voice_is_another_fault_than_no_sound(
    outcome: Outcome, speaks: bool, faults: tuple[str, ...]
) -> None:
    assert outcome.faults(speaks=speaks) == faults


@contextmanager
def voice(audio: Audio, speech: Speech) -> Iterator[Voice]:
    started = Voice(audio, speech)
    started.announcer.start()
    yield started
    started.announcer.stop()


def test_the_chime_comes_first_then_each_language_and_announcements_keep_their_order(
    tmp_path: Path,
) -> None:
    audio = SimulatedAudio(None)
    with voice(audio, EspeakSpeech(tmp_path)) as one:
        one.order()
        one.order()
        assert one.outcome() == Outcome(sound=True, spoken=True)
        assert one.outcome() == Outcome(sound=True, spoken=True)
    paths = [played.path for played in audio.played]
    assert paths[0] == CHIME
    assert len(set(paths[:3])) == 3
    assert paths[3:] == paths[:3]
    assert all(played.seconds > 0.5 for played in audio.played)


def test_without_a_sound_card_it_says_so_and_goes_on(tmp_path: Path) -> None:
    with voice(NoAudio(), EspeakSpeech(tmp_path)) as one:
        one.order()
        one.order()
        assert one.outcome() == Outcome(sound=False, spoken=False)
        assert one.outcome() == Outcome(sound=False, spoken=False)


def test_a_chime_alone_is_sound_but_was_not_spoken(tmp_path: Path) -> None:
    with voice(SimulatedAudio(None), NoSpeech()) as one:
        one.order()
        assert one.outcome() == Outcome(sound=True, spoken=False)
    with voice(UnpluggedBetween(), EspeakSpeech(tmp_path)) as one:
        one.order()
        assert one.outcome() == Outcome(sound=True, spoken=False)


def test_a_failing_driver_is_silence_and_the_next_is_still_announced() -> None:
    with voice(Failing(), NoSpeech()) as one:
        one.order()
        one.order()
        assert one.outcome() == Outcome(sound=False, spoken=False)
        assert one.outcome() == Outcome(sound=False, spoken=False)


def test_the_chime_in_the_box_is_what_its_script_makes(tmp_path: Path) -> None:
    write_chime(tmp_path / "chime.wav")
    assert (tmp_path / "chime.wav").read_bytes() == CHIME.read_bytes()
    assert CHIME.stat().st_size <= 120_000
