"""Sound and speech with the real aplay and espeak-ng; ALSA's null device needs no sound card."""

import logging
import math
import os
import wave
from array import array
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pytest

from drivers import speech
from drivers.audio import AplayAudio, Audio, NoAudio, SimulatedAudio, wav_seconds
from drivers.speech import EspeakSpeech, NoSpeech, Speech
from tests.conftest import ROOT

CHIME = ROOT / "queue_display" / "chime.wav"
QUIET = 0.006
"""Of full scale: below it is silence."""


@dataclass(frozen=True)
class Heard:
    """A sound against full scale: peak, mean where it is not silent; the silences inside."""

    peak: float
    decibels: float
    pauses: list[float]


def heard(wav: Path) -> Heard:
    """Measured in steps of 20 ms."""
    with wave.open(str(wav)) as sound:
        step = sound.getframerate() // 50
        samples = array("h", sound.readframes(sound.getnframes()))
    levels = [
        math.hypot(*samples[start : start + step]) / math.sqrt(step) / 32768
        for start in range(0, len(samples) - step, step)
    ]
    runs = [(loud, len(list(run))) for loud, run in groupby(level > QUIET for level in levels)]
    loud = [level for level in levels if level > QUIET]
    return Heard(
        peak=max(map(abs, samples)) / 32767,
        decibels=20 * math.log10(math.hypot(*loud) / math.sqrt(len(loud))),
        pauses=[count / 50 for is_loud, count in runs[1:-1] if not is_loud],
    )


@pytest.fixture
def chime(tmp_path: Path) -> Path:
    """A tenth of a second of silence."""
    path = tmp_path / "chime.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(1600))
    return path


def test_aplay(chime: Path) -> None:
    assert AplayAudio("null").play(chime)


def test_what_cannot_be_played_is_logged_once(
    chime: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    audio = AplayAudio("no-such-device")
    assert not audio.play(chime)
    assert not audio.play(chime)
    assert caplog.messages == ["audio: cannot play"]
    (tmp_path / "text.wav").write_text("not a sound")
    for wrong in (tmp_path / "text.wav", tmp_path / "absent.wav", tmp_path):
        assert not AplayAudio("null").play(wrong)


def test_no_aplay_at_all(chime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert not AplayAudio().play(chime)


def test_simulated_audio_keeps_a_log(chime: Path, tmp_path: Path) -> None:
    log = tmp_path / "heard.log"
    audio = SimulatedAudio(log, clock=lambda: 12.5)
    assert audio.play(chime)
    assert not audio.play(tmp_path / "absent.wav")
    assert log.read_text() == f"12.500 0.10 {chime}\n"
    assert [heard.path for heard in audio.played] == [chime]


def test_silence(chime: Path) -> None:
    audio: Audio = NoAudio()
    voice: Speech = NoSpeech()
    assert not audio.play(chime)
    assert voice.synthesise("A 42", "lv") is None


@pytest.mark.parametrize(
    ("language", "text"), [("lv", "Numurs A četrdesmit divi, trešā kabīne."), ("en", "A forty-two")]
)
def test_speaks(tmp_path: Path, language: str, text: str) -> None:
    wav = EspeakSpeech(tmp_path / "voice").synthesise(text, language)
    assert wav
    assert (wav_seconds(wav) or 0) > 0.5


def test_voice_and_chime_are_about_as_loud_and_no_letter_runs_into_the_next_word(
    tmp_path: Path,
) -> None:
    sentence = "Numurs ā, četrdesmit divi, lūdzu, pie otrā lodziņa."
    wav = EspeakSpeech(tmp_path).synthesise(sentence, "lv")
    assert wav
    voice, chime = heard(wav), heard(CHIME)
    assert max(voice.peak, chime.peak) < 1, "no sample is clipped"
    assert abs(voice.decibels - chime.decibels) < 3
    assert sum(pause > 0.15 for pause in voice.pauses) == sentence.count(",")


def test_a_sentence_is_made_once(tmp_path: Path) -> None:
    voice = EspeakSpeech(tmp_path)
    first = voice.synthesise("Labdien", "lv")
    assert first
    made = first.stat().st_ino
    assert voice.synthesise("Labdien", "lv") == first
    assert first.stat().st_ino == made
    assert voice.synthesise("Labdien", "en") != first


def test_the_folder_does_not_grow(tmp_path: Path) -> None:
    for index in range(speech.MOST_FILES + 5):
        old = tmp_path / f"old{index}.wav"
        old.touch()
        os.utime(old, (index, index))
    wav = EspeakSpeech(tmp_path).synthesise("Labdien", "lv")
    kept = list(tmp_path.glob("*.wav"))
    assert wav in kept
    assert len(kept) == speech.MOST_FILES
    assert not (tmp_path / "old0.wav").exists()


def test_what_cannot_be_spoken_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    voice = EspeakSpeech(tmp_path)
    assert voice.synthesise("Labdien", "zz") is None
    assert voice.synthesise("Labdien", "../lv") is None
    monkeypatch.setenv("PATH", "/nowhere")
    assert voice.synthesise("Labdien", "lv") is None
    assert len(caplog.messages) == 1
    assert "Labdien" not in caplog.text
