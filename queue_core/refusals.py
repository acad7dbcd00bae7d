"""Named refusals: a code for the program; the sentence for the person is in the catalogues."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class RefusalCode(StrEnum):
    """Why a command was not done. Nothing changed."""

    UNKNOWN_COMMAND = "unknown_command"
    NOT_ALLOWED = "not_allowed"
    UNKNOWN_SERVICE = "unknown_service"
    UNKNOWN_COUNTER = "unknown_counter"
    UNKNOWN_TICKET = "unknown_ticket"
    UNKNOWN_BOOKING = "unknown_booking"
    SERVICE_CLOSED = "service_closed"
    TICKETS_GIVEN_OUT = "tickets_given_out"
    APPOINTMENT_NEEDED = "appointment_needed"
    NUMBERS_EXHAUSTED = "numbers_exhausted"
    NUMBER_NOT_LEASED = "number_not_leased"
    BOOKING_USED = "booking_used"
    BOOKING_OTHER_DAY = "booking_other_day"
    NOBODY_WAITING = "nobody_waiting"
    SLOT_SOON = "slot_soon"
    COUNTER_NOT_OPEN = "counter_not_open"
    COUNTER_BUSY = "counter_busy"
    COUNTER_DOES_NOT_SERVE = "counter_does_not_serve"
    NOT_AT_COUNTER = "not_at_counter"
    NOT_POSSIBLE_NOW = "not_possible_now"
    TOO_SOON = "too_soon"
    TOO_MANY_RECALLS = "too_many_recalls"
    RETURN_TOO_LATE = "return_too_late"
    NOTHING_TO_UNDO = "nothing_to_undo"
    REASON_NEEDED = "reason_needed"
    SERVICE_NEEDED = "service_needed"
    UNKNOWN_RECORD = "unknown_record"
    NOBODY_THERE = "nobody_there"
    NOT_SERVED_YET = "not_served_yet"
    ALREADY_RATED = "already_rated"
    PERIOD_TOO_LONG = "period_too_long"
    REPORT_TOO_LARGE = "report_too_large"
    NOT_READ = "not_read"
    BAD_VALUE = "bad_value"
    SETTINGS_CHANGED = "settings_changed"
    BAD_SETTINGS = "bad_settings"
    STILL_IN_USE = "still_in_use"
    NOT_STORED = "not_stored"
    MODULE_FAULT = "module_fault"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal and the facts that its sentence needs, e.g. ``{"opens_at": "2026-11-24T…"}``."""

    code: RefusalCode
    facts: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """Raised inside the rules and caught by `decide`."""

    def __init__(self, code: RefusalCode, **facts: str) -> None:
        super().__init__(code.value)
        self.refusal = Refusal(code, facts)
