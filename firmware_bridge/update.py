"""Brings a controller's firmware to an image: what the Pi says and when. Pure."""

from firmware_bridge.flash import Image
from firmware_bridge.frames import (
    LONGEST_CHUNK,
    Answer,
    BeginUpdate,
    CommitUpdate,
    Firmware,
    FirmwareState,
    Frame,
    KeepFirmware,
    UpdateAnswer,
    UpdateChunk,
)
from firmware_bridge.link import VERSION

MOST_BEGINS = 5
"""So often a cable may be pulled out. One that is worse off each time is left alone then."""

STEADY_SECONDS = 3.0
"""A firmware on trial must keep its session so long: more than its watchdog would let it hang."""


class Update:
    """One attempt, through any number of sessions. `wanted`: whether there is to be one. Times are
    monotonic seconds.

    `version`: what runs, "" while unknown. `percent`: of what is under way, None when nothing is.
    `failure`: why it did not come to be, in a word; "" otherwise.
    """

    def __init__(self, image: Image, *, wanted: bool, steady: float = STEADY_SECONDS) -> None:
        self.version = ""
        self.percent: int | None = None
        self.failure = ""
        self._image, self._wanted, self._steady = image, wanted, steady
        self._begins = 0
        self._tried = False
        self._offset: int | None = None
        self._frame: Frame | None = None
        self._keep_at: float | None = None

    @property
    def settled(self) -> bool:
        """Whether the image runs, or will not."""
        return self.version == self._image.version or bool(self.failure)

    def begin_session(self) -> None:
        """The controller is there again; it will say first what runs."""
        self._offset = self._frame = self._keep_at = None

    def take(self, frame: Firmware | UpdateAnswer, now: float) -> None:
        """What the controller said."""
        match frame:
            case Firmware(FirmwareState.ON_TRIAL):
                self.version, self.percent = "", 100
                self._keep_at = now + self._steady
            case Firmware(state, version):
                self.version = version
                self._judge(state)
            case UpdateAnswer(Answer.GO_ON, offset):
                self._offset = offset
            case UpdateAnswer(Answer.COMPLETE):
                self._tried, self.percent = True, 100
            case UpdateAnswer(refusal):
                self._fail(refusal.name.lower())
                self._begin()

    def next(self, now: float) -> Frame | None:
        """What to send now; the controller has received all before it."""
        if self._keep_at is not None and now >= self._keep_at:
            self._keep_at = None
            return KeepFirmware()
        frame, self._frame = self._frame, None
        if frame is None and self._offset is not None:
            frame = self._chunk(self._offset)
        return frame

    def _judge(self, state: FirmwareState) -> None:
        self.percent = None
        if self.version == self._image.version:
            self.failure = ""
        elif self._tried:
            self._fail("fell_back" if state is FirmwareState.FELL_BACK else "not_kept")
        elif self._wanted:
            self._begin()

    def _begin(self) -> None:
        if self._begins == MOST_BEGINS:
            self._fail(self.failure or "interrupted")
            return
        self._begins += 1
        self.percent, self.failure = 0, ""
        self._frame = BeginUpdate(VERSION, len(self._image.data), self._image.digest)

    def _chunk(self, offset: int) -> Frame:
        data = self._image.data[offset : offset + LONGEST_CHUNK]
        self.percent = 99 * offset // len(self._image.data)
        self._offset = offset + len(data) if data else None
        return UpdateChunk(offset, data) if data else CommitUpdate()

    def _fail(self, word: str) -> None:
        self._offset, self.percent, self.failure = None, None, word
