"""What each Pi tells of itself, beside its programs, and what the staff's page may ask of it."""

from typing import Annotated, Literal

from pydantic import Field

from messaging.messages import CommandId, Message, Moment, UnitId

Count = Annotated[int, Field(ge=0, le=2**53)]
Percent = Annotated[int, Field(ge=0, le=100)]
Word = Annotated[str, Field(max_length=80)]
Program = Annotated[str, Field(pattern=r"^[a-zA-Z0-9@:_.-]{1,80}$")]

MachineRole = Literal["hub", "kiosk", "board", "all-in-one", ""]

LONGEST_BUNDLE = 700_000
"""Bytes. In letters of base64 it still fits into one message."""

ORDER_SECONDS = 10.0
"""A restart begins within this of being ordered, or never: a Pi needs longer to come back."""

DIAGNOSIS_SECONDS = 60.0
"""A journal of days on a slow card."""


class UpdateView(Message):
    """How far an update is. `state`: a code such as ``installing``; `reason`: why it came to
    nothing; `version`: of what is on its way, or was tried last."""

    state: Program
    version: Word = ""
    percent: Percent | None = None
    reason: Word = ""


class MachineStatus(Message):
    """How a Pi is. None where it cannot tell.

    `role`: "" for another. `version`, `slot`: of the image; `signer`: whose updates it takes.
    `under_voltage`: now; `under_voltage_since_start`: at any time. `data_free_megabytes`: of the
    `data_megabytes` where the unit's data is. `card_used_percent`: of the memory's life, by its own
    account, in steps of ten. `written_gigabytes`: since its file system was made. `synchronised`:
    the clock, with the network. `resting`: services that failed too often and are tried again
    later. `faults`: codes such as ``hot``.
    """

    unit: UnitId
    name: dict[str, str]
    role: MachineRole
    at: Moment
    version: Word = ""
    slot: Word = ""
    signer: Word = ""
    model: Word = ""
    address: Word = ""
    uptime_seconds: Annotated[int, Field(ge=0, le=10**9)] = 0
    celsius: Annotated[float, Field(ge=-100, le=200)] | None = None
    under_voltage: bool | None = None
    under_voltage_since_start: bool = False
    memory_free_megabytes: Count | None = None
    data_free_megabytes: Count | None = None
    data_megabytes: Count | None = None
    card_errors: Count = 0
    card_used_percent: Percent | None = None
    written_gigabytes: Count | None = None
    synchronised: bool | None = None
    resting: tuple[Program, ...] = ()
    update: UpdateView | None = None
    faults: tuple[Program, ...] = ()


class MachineOrder(Message):
    """Ask a Pi to restart, or for a bundle by which somebody far away can see what is wrong. The
    same id again is answered as before."""

    id: CommandId
    do: Literal["restart", "diagnose"]


class MachineAnswer(Message):
    """It is done, or begins now. `bundle`: a .tar.gz in base64, where one was asked for."""

    id: str
    bundle: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]*=*$", max_length=LONGEST_BUNDLE * 2)] = ""
