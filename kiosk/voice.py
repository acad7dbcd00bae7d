"""The voice of the screens: a thread that says the newest and leaves off what it said before."""

import logging
import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

import texts
from drivers.audio import Audio
from drivers.speech import Speech

log = logging.getLogger(__name__)

SOUND_OFFLINE, VOICE_OFFLINE = "sound_offline", "voice_offline"

STOP_SECONDS = 2.0
RETRY_SECONDS = 30.0

LOUDNESS = (13, 26, 52, 75, 110)
"""Of the visitor's volumes 1 to 5, in espeak-ng's measure: 19 dB in all, and 12 dB in the first two
steps (EN 301 549, 8.2.1); louder than the last, it distorts."""

Post = Callable[[Callable[[], None]], object]


@dataclass(frozen=True, slots=True)
class _Order:
    sentences: tuple[str, ...]
    language: str = ""
    volume: int = 3


class Voice:
    """`start`, `say`, `hush` and `stop` are for the owner's thread; answers come through `post`."""

    def __init__(self, audio: Audio, speech: Speech, folder: Path, post: Post) -> None:
        self._audio, self._speech, self._folder, self._post = audio, speech, folder, post
        self._orders: SimpleQueue[_Order | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="voice", daemon=True)
        self._on_fault: Callable[[str], None] = lambda fault: None

    def start(self, on_fault: Callable[[str], None]) -> None:
        """Find out whether there is a voice. `on_fault` gets the answer, and the news when it fails
        or is back: ``sound_offline``, ``voice_offline``, or "" for all is well."""
        self._on_fault = on_fault
        self._thread.start()

    def say(self, sentences: tuple[str, ...], language: str, volume: int) -> None:
        """Say these now."""
        self._orders.put(_Order(sentences, language, volume))

    def hush(self) -> None:
        """Be silent."""
        self._orders.put(_Order(()))

    def stop(self) -> None:
        """End the thread."""
        self._orders.put(None)
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        fault = self._tell(self._looked())
        while True:
            try:
                order = self._orders.get(timeout=RETRY_SECONDS if fault else None)
            except Empty:
                now = self._looked()
            else:
                if order is None:
                    return
                now = self._said(order) if order.sentences else fault
            fault = now if now == fault else self._tell(now)

    def _tell(self, fault: str) -> str:
        self._post(lambda: self._on_fault(fault))
        return fault

    def _looked(self) -> str:
        if not self._audio.play(self._silence()):
            return SOUND_OFFLINE
        word = self._speech.synthesise("a", texts.SOURCE_LANGUAGE)
        return "" if word else VOICE_OFFLINE

    def _said(self, order: _Order) -> str:
        """The fault that ended it, or ""."""
        try:
            return self._say(order)
        except Exception:
            log.exception("the voice failed")
            return VOICE_OFFLINE

    def _say(self, order: _Order) -> str:
        for each in order.sentences:
            if not self._orders.empty():
                break
            wav = self._speech.synthesise(each, order.language, LOUDNESS[order.volume - 1])
            if wav is None:
                return VOICE_OFFLINE
            if not self._audio.play(wav, self._orders.empty):
                return SOUND_OFFLINE
        return ""

    def _silence(self) -> Path:
        path = self._folder / "silence.wav"
        with wave.open(str(path), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(22050)
            sound.writeframes(bytes(2 * 2205))
        return path
