"""A technician whose hands are a test's."""

import time
from collections.abc import Callable, Mapping

Deed = Callable[[], object]


class Scripted:
    """Says yes, but for questions in `no`; does a deed when told a sentence that begins so."""

    present = True

    def __init__(self, deeds: Mapping[str, Deed] | None = None, no: str = "-") -> None:
        self.told: list[str] = []
        self.gave_up = False
        self.deeds, self.no = dict(deeds or {}), no

    def tell(self, words: str) -> None:
        self.told.append(words)
        for begin, deed in self.deeds.items():
            if words.startswith(begin):
                deed()

    def agrees(self, question: str) -> bool:
        return not question.startswith(self.no)

    def gives_up(self, seconds: float) -> bool:
        time.sleep(seconds)
        return self.gave_up

    def give_up(self) -> None:
        self.gave_up = True
