"""The voice of the screens: a thread that says the newest and leaves off what it said before."""

import logging
import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

from drivers.audio import Audio
from drivers.speech import Speech

log = logging.getLogger(__name__)

STOP_SECONDS = 2.0
LOUDNESS_OF_A_STEP = 40
"""espeak-ng's loudness is 0 to 200; the visitor's volume 1 to 5."""

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
        self._on_there: Callable[[bool], None] = lambda there: None

    def start(self, on_there: Callable[[bool], None]) -> None:
        """Find out whether there is sound; `on_there` gets the answer, and the news if it fails."""
        self._on_there = on_there
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
        self._tell(self._audio.play(self._silence()))
        while order := self._orders.get():
            try:
                self._say(order)
            except Exception:
                log.exception("the voice failed")
                self._tell(False)

    def _say(self, order: _Order) -> None:
        for each in order.sentences:
            if not self._orders.empty():
                return
            loudness = order.volume * LOUDNESS_OF_A_STEP
            wav = self._speech.synthesise(each, order.language, loudness)
            if wav is None or not self._audio.play(wav, self._orders.empty):
                self._tell(False)
                return

    def _tell(self, there: bool) -> None:
        self._post(lambda: self._on_there(there))

    def _silence(self) -> Path:
        path = self._folder / "silence.wav"
        with wave.open(str(path), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(22050)
            sound.writeframes(bytes(2 * 2205))
        return path
