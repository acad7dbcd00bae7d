"""What is accounted for: at the finish of a visit, without a ticket, and put right afterwards.

Who comes in person has a ticket, so that the visits which are counted and the visits which are
accounted for are the same.
"""

from collections.abc import Sequence

from queue_core import commands as c
from queue_core import events as e
from queue_core.life import Status
from queue_core.model import Channel, GivenService
from queue_core.refusals import RefusalCode, Refused
from queue_core.reports import MOST_DAYS
from queue_core.rules.case import Case, Rules

MOST_SERVICES_GIVEN = 20

MOST_OF_ONE_SERVICE = 99

WITH_TICKET = frozenset({Channel.IN_PERSON, Channel.REMOTE})

WITHOUT_TICKET = frozenset({Channel.PHONE, Channel.EMAIL})


def check_given(case: Case, given: Sequence[GivenService], channels: frozenset[Channel]) -> None:
    """Raises Refused unless these services could be given by one of these channels."""
    if not 1 <= len(given) <= MOST_SERVICES_GIVEN:
        raise Refused(RefusalCode.SERVICE_NEEDED)
    for each in given:
        case.known_service(each.service)
        if not 1 <= each.count <= MOST_OF_ONE_SERVICE or each.channel not in channels:
            raise Refused(RefusalCode.BAD_VALUE)


def _account(case: Case, command: c.Account) -> tuple[e.Event, ...]:
    case.known_counter(command.counter)
    check_given(case, command.given, WITHOUT_TICKET)
    return (e.WorkAccounted(command.counter, command.given),)


def _amend(case: Case, command: c.Amend) -> tuple[e.Event, ...]:
    case.known_counter(command.counter)
    account = case.state.accounts.get(command.record)
    if account and account.counter == command.counter:
        if command.given:
            check_given(case, command.given, WITHOUT_TICKET)
    else:
        _check_served(case, command)
        check_given(case, command.given, WITH_TICKET)
    return (e.AccountAmended(command.record, command.given),)


def _ask_report(_: Case, command: c.AskReport) -> tuple[e.Event, ...]:
    days = (command.last_day - command.first_day).days + 1
    if days < 1 or len(set(command.by)) < len(command.by):
        raise Refused(RefusalCode.BAD_VALUE)
    if days > MOST_DAYS:
        raise Refused(RefusalCode.PERIOD_TOO_LONG)
    return ()


def _check_served(case: Case, command: c.Amend) -> None:
    ticket = case.state.tickets.get(command.record)
    if ticket is None or ticket.status is not Status.SERVED or ticket.call is None:
        raise Refused(RefusalCode.UNKNOWN_RECORD)
    if ticket.call.counter != command.counter:
        raise Refused(RefusalCode.UNKNOWN_RECORD)


RULES: Rules = {c.Account: _account, c.Amend: _amend, c.AskReport: _ask_report}
