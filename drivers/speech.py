"""Words into sound."""

import hashlib
import logging
import re
import subprocess
from pathlib import Path
from typing import Protocol

logger = logging.getLogger(__name__)

WITHIN_SECONDS = 5.0
# Slower than the usual 175: a waiting room echoes.
WORDS_PER_MINUTE = 130
MOST_FILES = 500
# espeak-ng's, of 0 to 200.
USUAL = 100
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]{2,4})?")


class Speech(Protocol):
    """Called from one thread; raises nothing."""

    def synthesise(self, text: str, language: str, loudness: int = USUAL) -> Path | None:
        """A WAV file that says the text in the language ("lv", "en"); None when it cannot.
        `loudness` is 0 to 200."""


class NoSpeech:
    """A unit that does not speak."""

    def synthesise(self, text: str, language: str, loudness: int = USUAL) -> Path | None:
        return None


class EspeakSpeech:
    """espeak-ng. Keeps the latest 500 sounds in `folder`, which is its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._works = True

    def synthesise(self, text: str, language: str, loudness: int = USUAL) -> Path | None:
        name = hashlib.sha256(
            f"{language}\n{loudness}\n{text}".encode(errors="replace")
        ).hexdigest()[:32]
        wav = self._folder / f"{name}.wav"
        try:
            if not wav.exists():
                self._speak(text, language, loudness, wav)
            wav.touch()
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            self._failed(error)
            return None
        self._works = True
        return wav

    def _speak(self, text: str, language: str, loudness: int, wav: Path) -> None:
        if not LANGUAGE.fullmatch(language):
            raise ValueError("no such language")
        self._folder.mkdir(parents=True, exist_ok=True)
        self._make_room()
        unfinished = wav.with_suffix(".part")
        command = ["espeak-ng", "--stdin", "-v", language, "-s", str(WORDS_PER_MINUTE)]
        command += ["-a", str(loudness)]
        subprocess.run(
            [*command, "-w", str(unfinished)],
            input=text.encode(errors="replace"),
            timeout=WITHIN_SECONDS,
            check=True,
            capture_output=True,
        )
        unfinished.replace(wav)

    def _make_room(self) -> None:
        """Forgets the sounds that were not used for longest."""
        by_age = sorted(self._folder.glob("*.wav"), key=lambda wav: wav.stat().st_mtime)
        for wav in by_age[: max(0, len(by_age) - MOST_FILES + 1)]:
            wav.unlink(missing_ok=True)

    def _failed(self, error: Exception) -> None:
        if self._works:
            logger.warning("speech: cannot speak (%s)", type(error).__name__)
        self._works = False
