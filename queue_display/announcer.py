"""The voice: a thread that plays one announcement after another, chime first."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

from drivers.audio import Audio
from drivers.speech import Speech
from messaging.link import Post
from queue_display.spoken import Sentence

log = logging.getLogger(__name__)

STOP_SECONDS = 2.0
"""How long the end of the program waits for a sound that is being played."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`sound`: the chime was heard. `spoken`: so was every sentence, to its end."""

    sound: bool
    spoken: bool

    def faults(self, *, speaks: bool) -> tuple[str, ...]:
        """As in UnitStatus; `speaks`: the board is meant to have a voice."""
        if not self.sound:
            return ("sound_offline",)
        return () if self.spoken or not speaks else ("voice_offline",)


SILENCE = Outcome(sound=False, spoken=False)


class Announcer:
    """Plays on its own thread; `post` carries outcomes back to the owner's."""

    def __init__(self, audio: Audio, speech: Speech, chime: Path, post: Post) -> None:
        self._audio, self._speech, self._chime, self._post = audio, speech, chime, post
        self._orders: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="announcer", daemon=True)

    def start(self) -> None:
        """Begin to wait for announcements."""
        self._thread.start()

    def announce(
        self, sentences: tuple[Sentence, ...], finished: Callable[[Outcome], None]
    ) -> None:
        """Chime and say the sentences, after those ordered before; then `finished`, always."""
        self._orders.put(lambda: self._announce(sentences, finished))

    def stop(self) -> None:
        """End the thread after what it plays."""
        self._orders.put(None)
        self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        while order := self._orders.get():
            order()

    def _announce(
        self, sentences: tuple[Sentence, ...], finished: Callable[[Outcome], None]
    ) -> None:
        outcome = SILENCE
        try:
            outcome = self._play(sentences)
        except Exception:
            log.exception("an announcement failed")
        self._post(lambda: finished(outcome))

    def _play(self, sentences: tuple[Sentence, ...]) -> Outcome:
        if not self._audio.play(self._chime):
            return SILENCE
        said = [self._say(sentence) for sentence in sentences]
        return Outcome(sound=True, spoken=all(said))

    def _say(self, sentence: Sentence) -> bool:
        wav = self._speech.synthesise(sentence.text, sentence.language)
        return wav is not None and self._audio.play(wav)
