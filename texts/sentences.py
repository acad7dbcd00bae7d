"""Sentences made from data: why something was refused, why a number was called, what is wrong."""

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo

from queue_core.model import CallReason, CallRule
from queue_core.refusals import RefusalCode
from queue_core.reports import MOST_DAYS
from texts import Language


def refusal(language: Language, code: str, facts: Mapping[str, str], zone: tzinfo) -> str:
    """One plain sentence for the person who was refused."""
    sentence = _REFUSALS.get(code)
    if sentence is None:
        return language.text("That was not possible. Please ask the staff.")
    return sentence(language, {"number": "", **facts}, zone)


def reason(language: Language, why: CallReason, number: str, zone: tzinfo) -> str:
    """Why this number was called, e.g. "A 042 was due at 10:32, before B 007 at 10:35."."""
    due = language.clock(why.due_at, zone)
    if why.rule is CallRule.CHOSEN:
        return language.text("{number} was chosen by staff: {note}", number=number, note=why.note)
    if why.rule is CallRule.EARLY_NOBODY_ELSE:
        return language.text("{number} is early, but nobody else is waiting.", number=number)
    if why.rule is CallRule.SHORTER_FITS and why.slot_at:
        return language.text(
            "{number} was called before {next_number}: it should be done in time for {slot_number} "
            "at {slot_at}.",
            number=number,
            next_number=why.next_number,
            slot_number=why.slot_number,
            slot_at=language.clock(why.slot_at, zone),
        )
    if why.rule is CallRule.SLOT_LATER and why.slot_at:
        return language.text(
            "{number} was due at {due}; {slot_number} has an appointment only at {slot_at}.",
            number=number,
            due=due,
            slot_number=why.slot_number,
            slot_at=language.clock(why.slot_at, zone),
        )
    if why.rule is CallRule.SLOT_CAN_WAIT and why.slot_at:
        return language.text(
            "{number} was due at {due}; {slot_number} with an appointment at {slot_at} can wait a "
            "little longer.",
            number=number,
            due=due,
            slot_number=why.slot_number,
            slot_at=language.clock(why.slot_at, zone),
        )
    if why.rule is CallRule.ONLY_ONE or why.next_due_at is None:
        return language.text(
            "{number} was due at {due} and is the only one waiting.", number=number, due=due
        )
    return language.text(
        "{number} was due at {due}, before {next_number} at {next_due}.",
        number=number,
        due=due,
        next_number=why.next_number,
        next_due=language.clock(why.next_due_at, zone),
    )


def not_booked(language: Language, code: str) -> str:
    """Why the register of consultations did not do it, in words for staff."""
    text = language.text
    return {
        "unknown_schedule": text("There are no appointments for this here."),
        "unknown_booking": text("There is no appointment with this code."),
        "past": text("That time is over."),
        "too_soon": text("It is too late to book that time. Choose a later one."),
        "too_far": text("That far ahead nothing can be booked yet. Choose an earlier time."),
        "closed_day": text("On that day nobody receives visitors. Choose another day."),
        "out_of_hours": text("At that time nobody receives visitors. Choose another time."),
        "full": text("Somebody has just taken that time. Choose another one."),
        "overlapping": text("Whoever receives the visitor is busy then. Choose another time."),
        "not_possible_now": text("That cannot be done with this appointment now."),
        "not_offered": text("The offered time is not held any more."),
    }.get(code, text("Nothing was done. Go back and try once more."))


def past(language: Language, what: str) -> str:
    """What was done with an appointment, in words for staff."""
    text = language.text
    return {
        "booked": text("Booked"),
        "moved": text("Moved"),
        "joined_list": text("Joined the waiting list"),
        "offered": text("Was offered a time"),
        "accepted": text("Took the offered time"),
    }[what]


def paper(language: Language, outcome: str) -> str:
    """What became of an appointment's paper, in words for staff."""
    text = language.text
    said = {
        "printed": text("Printed: the paper is in the ticket printer."),
        "doubtful": text("The paper may not be whole. Look at the kiosk, or print the PDF."),
        "busy": text("A visitor is at the kiosk. Try again in a moment, or print the PDF."),
        "late": text("The kiosk did not answer in time. If no paper came out, print the PDF."),
        "foreign": text("Not printed: the kiosk's settings are others. Print the PDF."),
    }
    not_printed = text("{fault} Print the PDF.", fault=fault(language, outcome))
    return said.get(outcome, not_printed)


def fault(language: Language, code: str) -> str:
    """A unit's fault in words for staff."""
    sentence = _FAULTS.get(code)
    return sentence(language) if sentence else language.text("Fault: {code}", code=code)


def unmerged(language: Language, count: int) -> str:
    """Numbers that a kiosk gave by itself, which nobody can call yet."""
    return language.plural(
        "{count} number that it gave without connection is not in the queue yet.",
        "{count} numbers that it gave without connection are not in the queue yet.",
        count,
    )


def wait(language: Language, low: int, high: int) -> str:
    """How long to wait, e.g. "10 to 20 minutes"; `low` 0 and `high` 5 is less than five.

    Both are multiples of five, which are plural in Latvian too (a 21 would not be).
    """
    if low == 0:
        return language.text("less than {high} minutes", high=high)
    return language.text("{low} to {high} minutes", low=low, high=high)


def will_wait(language: Language, low: int, high: int) -> str:
    """`wait`, as a sentence for the visitor."""
    told = wait(language, low, high)
    if low == 0:
        return language.text("You will wait {wait}.", wait=told)
    return language.text("You will wait about {wait}.", wait=told)


def ahead(language: Language, count: int | None) -> str:
    """How many wait before a visitor; None where nobody can say."""
    if count is None:
        return language.text("How long it will take cannot be said just now.")
    if count == 0:
        return language.text("Nobody is waiting before you.")
    return language.plural(
        "{count} person is waiting before you.", "{count} people are waiting before you.", count
    )


def opening(language: Language, opens_at: datetime, zone: tzinfo, now: datetime) -> str:
    """When something opens: today by the clock, later with the day."""
    local, today = opens_at.astimezone(zone), now.astimezone(zone).date()
    hour = language.clock(opens_at, zone)
    if local.date() == today:
        return language.text("Opens today at {hour}.", hour=hour)
    return language.text("Opens: {day}, {hour}.", day=language.day(local.date()), hour=hour)


def _closed(language: Language, facts: Mapping[str, str], zone: tzinfo) -> str:
    if "opens_at" not in facts:
        return language.text("This service is closed now.")
    opens_at = datetime.fromisoformat(facts["opens_at"]).astimezone(zone)
    return language.text(
        "This service is closed now. It opens: {day}, {hour}.",
        day=language.day(opens_at.date()),
        hour=language.clock(opens_at, zone),
    )


def _given_out(language: Language, facts: Mapping[str, str], zone: tzinfo) -> str:
    if "opens_at" not in facts:
        return language.text("Today's numbers are all given out.")
    opens_at = datetime.fromisoformat(facts["opens_at"]).astimezone(zone)
    return language.text(
        "Today's numbers are all given out. It opens: {day}, {hour}.",
        day=language.day(opens_at.date()),
        hour=language.clock(opens_at, zone),
    )


def _slot_soon(language: Language, facts: Mapping[str, str], zone: tzinfo) -> str:
    return language.text(
        "Please wait a moment: {number} has an appointment at {hour}.",
        number=facts["number"],
        hour=language.clock(datetime.fromisoformat(facts["starts_at"]), zone),
    )


def _other_day(language: Language, facts: Mapping[str, str], zone: tzinfo) -> str:
    starts_at = datetime.fromisoformat(facts["starts_at"]).astimezone(zone)
    return language.text(
        "Your appointment is on another day: {day}, {hour}.",
        day=language.day(starts_at.date()),
        hour=language.clock(starts_at, zone),
    )


def _still_in_use(language: Language, facts: Mapping[str, str], zone: tzinfo) -> str:
    if "counter" in facts:
        return language.text("The counter is open. Close it first.")
    if "starts_at" not in facts:
        return language.text(
            "Visitor {number} is still here. It can be taken away when nobody needs it.",
            number=facts["number"],
        )
    starts_at = datetime.fromisoformat(facts["starts_at"]).astimezone(zone)
    return language.text(
        "There is an appointment for it: {day}, {hour}. Move that first.",
        day=language.day(starts_at.date()),
        hour=language.clock(starts_at, zone),
    )


_Sentence = Callable[[Language, Mapping[str, str], tzinfo], str]

_REFUSALS: Mapping[str, _Sentence] = {
    RefusalCode.SERVICE_CLOSED: _closed,
    RefusalCode.TICKETS_GIVEN_OUT: _given_out,
    RefusalCode.BOOKING_OTHER_DAY: _other_day,
    RefusalCode.STILL_IN_USE: _still_in_use,
    RefusalCode.APPOINTMENT_NEEDED: lambda w, f, z: w.text(
        "This service is by appointment only. Please ask the staff for an appointment."
    ),
    RefusalCode.UNKNOWN_SERVICE: lambda w, f, z: w.text(
        "This service is no longer offered here. Please choose another one."
    ),
    RefusalCode.UNKNOWN_BOOKING: lambda w, f, z: w.text(
        "We do not find this appointment. Take a ticket without appointment, or ask the staff."
    ),
    RefusalCode.BOOKING_USED: lambda w, f, z: w.text(
        "You are already registered. Your number is {number}.", number=f["number"]
    ),
    RefusalCode.NUMBERS_EXHAUSTED: lambda w, f, z: w.text(
        "No more numbers can be given today. Please ask the staff."
    ),
    RefusalCode.NOBODY_WAITING: lambda w, f, z: w.text("Nobody is waiting for this counter."),
    RefusalCode.SLOT_SOON: _slot_soon,
    RefusalCode.COUNTER_NOT_OPEN: lambda w, f, z: w.text("Open the counter first."),
    RefusalCode.COUNTER_BUSY: lambda w, f, z: w.text(
        "First finish with {number}.", number=f["number"]
    ),
    RefusalCode.COUNTER_DOES_NOT_SERVE: lambda w, f, z: w.text(
        "That counter does not serve what {number} came for.", number=f["number"]
    ),
    RefusalCode.NOT_AT_COUNTER: lambda w, f, z: w.text(
        "{number} is no longer at this counter.", number=f["number"]
    ),
    RefusalCode.NOT_POSSIBLE_NOW: lambda w, f, z: w.text(
        "That cannot be done with {number} now.", number=f["number"]
    ),
    RefusalCode.TOO_SOON: lambda w, f, z: w.text(
        "It was announced a moment ago. Wait a few seconds."
    ),
    RefusalCode.TOO_MANY_RECALLS: lambda w, f, z: w.text(
        "{number} was called often enough. If nobody comes, note that.", number=f["number"]
    ),
    RefusalCode.RETURN_TOO_LATE: lambda w, f, z: w.text(
        "{number} came back too late for the old place. Call the number with a reason instead.",
        number=f["number"],
    ),
    RefusalCode.NOTHING_TO_UNDO: lambda w, f, z: w.text("There is nothing to take back."),
    RefusalCode.REASON_NEEDED: lambda w, f, z: w.text(
        "Write a reason of one to two hundred characters."
    ),
    RefusalCode.UNKNOWN_TICKET: lambda w, f, z: w.text(
        "We do not find this number. It may be from another day."
    ),
    RefusalCode.NOBODY_THERE: lambda w, f, z: w.text("Nobody is at the counters now."),
    RefusalCode.NOT_SERVED_YET: lambda w, f, z: w.text("You can rate the visit when it is over."),
    RefusalCode.ALREADY_RATED: lambda w, f, z: w.text("This visit has been rated already."),
    RefusalCode.SERVICE_NEEDED: lambda w, f, z: w.text("Choose at least one service given."),
    RefusalCode.UNKNOWN_RECORD: lambda w, f, z: w.text(
        "That is no longer among what was done at this counter today."
    ),
    RefusalCode.NOT_ALLOWED: lambda w, f, z: w.text(
        "This unit may not do that. Please tell the technician."
    ),
    RefusalCode.SETTINGS_CHANGED: lambda w, f, z: w.text(
        "Somebody else has changed this meanwhile. Look at it again."
    ),
    RefusalCode.BAD_SETTINGS: lambda w, f, z: w.text(
        "The queue module does not take these settings. Nothing was changed."
    ),
    RefusalCode.PERIOD_TOO_LONG: lambda w, f, z: w.text(
        "At most {days} days can be added up at once.", days=MOST_DAYS
    ),
    RefusalCode.REPORT_TOO_LARGE: lambda w, f, z: w.text(
        "The table has too many entries. Choose fewer days or fewer columns."
    ),
    RefusalCode.NOT_READ: lambda w, f, z: w.text(
        "What is stored cannot be read just now. Please tell the technician."
    ),
    RefusalCode.NOT_STORED: lambda w, f, z: w.text(
        "Nothing can be stored just now, so nothing was done. Please tell the technician."
    ),
}

_FAULTS: Mapping[str, Callable[[Language], str]] = {
    "printer_offline": lambda w: w.text("The ticket printer does not answer."),
    "printer_error": lambda w: w.text(
        "The ticket printer reports a fault: the paper may be jammed."
    ),
    "paper_out": lambda w: w.text("The ticket printer is out of paper."),
    "paper_low": lambda w: w.text("The ticket printer will soon be out of paper."),
    "cover_open": lambda w: w.text("The cover of the ticket printer is open."),
    "scanner_offline": lambda w: w.text("The QR scanner does not answer."),
    "works_alone": lambda w: w.text(
        "It has no connection to the queue and gives numbers by itself; "
        "they come into the queue later."
    ),
    "store_damaged": lambda w: w.text(
        "Its own memory was damaged. Numbers that it gave without connection may be missing."
    ),
    "store_broken": lambda w: w.text(
        "Its own memory does not work. It gives no numbers without connection."
    ),
    "number_refused": lambda w: w.text(
        "A number that it gave without connection is not accepted. Ask its visitor to take another."
    ),
    "sound_offline": lambda w: w.text("There is no sound."),
    "voice_offline": lambda w: w.text("There is sound, but the voice does not work."),
    "out_of_service": lambda w: w.text("A technician has taken this kiosk out of service."),
    "controller_offline": lambda w: w.text("The call buttons and number displays do not answer."),
    "controller_updating": lambda w: w.text(
        "The call buttons are getting new software. They may rest for half a minute."
    ),
    "controller_update_failed": lambda w: w.text(
        "The call buttons could not get their new software. They work with the old one."
    ),
    "door_open": lambda w: w.text("The door of the unit is open."),
    "tampered": lambda w: w.text("The case of the unit has been opened."),
    "power_failing": lambda w: w.text("The unit has lost its mains power."),
    "too_hot": lambda w: w.text("The unit is too hot inside."),
    "disk_full": lambda w: w.text(
        "The disk is full. Nothing new can be stored, so no numbers are given."
    ),
    "disk_fault": lambda w: w.text(
        "The disk cannot be written. Nothing new can be stored, so no numbers are given."
    ),
    "log_damaged": lambda w: w.text(
        "The queue's log is damaged. Nothing new can be stored until a technician restores it."
    ),
    "backup_old": lambda w: w.text("There is no good backup copy of the last two days."),
    "not_renewed": lambda w: w.text(
        "The units' certificates are not renewed: in less than a year no unit can connect."
    ),
    "refused_scans": lambda w: w.text("The QR scanner sends unreadable data."),
    "under_voltage": lambda w: w.text(
        "The power supply is too weak. Use the one made for a Raspberry Pi, with a short cable."
    ),
    "hot": lambda w: w.text(
        "It is too hot. See that air can pass, and that no sun or radiator heats it."
    ),
    "data_nearly_full": lambda w: w.text("Its memory card is nearly full. Tell the technician."),
    "card_errors": lambda w: w.text(
        "Its memory card makes errors. The technician must put in a new one."
    ),
    "card_worn": lambda w: w.text(
        "Its memory card is nearly worn out. The technician should soon put in a new one."
    ),
    "clock_unset": lambda w: w.text(
        "Its clock is not set by the network. See that the network is connected."
    ),
    "card_file_wrong": lambda w: w.text(
        "The file rinda.toml on its card has a mistake, so the settings are the old ones. "
        "The file rinda-result.txt on the card says what to put right."
    ),
    "program_failing": lambda w: w.text(
        "One of its programs fails again and again. Restart the unit; if that does not help, "
        "tell the technician."
    ),
}
