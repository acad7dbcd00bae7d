"""What may be booked, and the code that its visitor is given. Pure."""

from datetime import UTC, datetime, timedelta

from consultations.commands import JoinList, Order, RefusalCode
from consultations.schedule import Schedule, Slot, slots
from messaging.booking_code import made_code

LONGEST_LIST = 400
"""Days for which somebody may wait."""


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """Raised inside the rules and caught by the register."""

    def __init__(self, code: RefusalCode) -> None:
        super().__init__(code.value)
        self.code = code


def slot_at(schedule: Schedule, starts_at: datetime, now: datetime) -> Slot:
    """The slot that starts then and may be booked at `now`. Raises Refused."""
    if starts_at.tzinfo is None:
        raise Refused(RefusalCode.BAD_VALUE)
    if refusal := too_near_or_far(schedule, starts_at, now):
        raise Refused(refusal)
    day = starts_at.astimezone(schedule.timezone).date()
    of_day = slots(schedule, day, day)
    if not of_day:
        raise Refused(RefusalCode.CLOSED_DAY)
    for slot in of_day:
        if slot.starts_at == starts_at:
            return slot
        if slot.starts_at < starts_at < slot.ends_at:
            raise Refused(RefusalCode.OVERLAPPING)
    raise Refused(RefusalCode.OUT_OF_HOURS)


def too_near_or_far(schedule: Schedule, starts_at: datetime, now: datetime) -> RefusalCode | None:
    """Why a slot that starts then may not be booked at `now`; None: it may."""
    if starts_at <= now:
        return RefusalCode.PAST
    if starts_at < now + schedule.least_lead:
        return RefusalCode.TOO_SOON
    return RefusalCode.TOO_FAR if starts_at > now + schedule.most_lead else None


def held_until(schedule: Schedule, slot: Slot, now: datetime, held: timedelta) -> datetime:
    """Until when a slot that is offered at `now` is kept: for so long of opening time, in which
    somebody can be told; at most until it starts."""
    left, now = held, now.astimezone(UTC)
    day = now.astimezone(schedule.timezone).date()
    while day <= slot.starts_at.astimezone(schedule.timezone).date():
        for opens, closes in schedule.opening.on(day, schedule.timezone):
            begins, ends = max(now, opens.astimezone(UTC)), closes.astimezone(UTC)
            if ends - begins >= left:
                return min(begins + left, slot.starts_at)
            left -= max(ends - begins, timedelta())
        day += timedelta(days=1)
    return slot.starts_at


def check_list(schedule: Schedule, wish: JoinList, now: datetime) -> None:
    """Whether somebody may wait for a slot on those days. Raises Refused."""
    if wish.last_day < now.astimezone(schedule.timezone).date():
        raise Refused(RefusalCode.PAST)
    if not 0 <= (wish.last_day - wish.first_day).days <= LONGEST_LIST:
        raise Refused(RefusalCode.BAD_VALUE)


def code_for(secret: str, order: Order) -> str:
    """The visitor's code: nobody can guess it without the secret, the same order has the same one,
    so it can be told again and need not be stored."""
    return made_code(secret, order.staff, order.id)
