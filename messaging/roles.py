"""What each role may say, hear and order. The broker's list is made from this, and the module
looks at the orders once more itself."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from config.programs import IdentitySettings
from messaging.codec import BadMessageError
from messaging.credentials import machine_of, self_test_of
from messaging.messages import Role
from messaging.topics import BadTopicError, Topics
from queue_core.commands import Command, snake_case

RENEWAL = "renewal"
"""Who brings units their new certificates, from the hub, and forgets who was shut out."""

ORDERS: Mapping[Role, frozenset[str]] = {
    Role.MODULE: frozenset(),
    Role.MACHINE: frozenset(),
    Role.DISPLAY: frozenset(),
    Role.CONSULTATIONS: frozenset(),
    Role.KIOSK: frozenset(
        {
            "take_ticket",
            "check_in",
            "lease_numbers",
            "merge_ticket",
            "cancel",
            "find_ticket",
            "rate",
            "ask_help",
        }
    ),
    Role.VISITOR_PAGE: frozenset({"find_ticket", "rate", "cancel"}),
    Role.BRIDGE: frozenset({"call_next", "recall", "no_show"}),
    Role.DESK: frozenset(
        {
            "call_next",
            "call_ticket",
            "recall",
            "start",
            "finish",
            "account",
            "amend",
            "no_show",
            "hold",
            "resume",
            "transfer",
            "undo",
            "prioritise",
            "keep_overnight",
            "end_tickets",
            "give_tickets",
            "change_settings",
            "answer_help",
            "open_counter",
            "pause_counter",
            "close_counter",
        }
    ),
}
"""Role → names of the commands that it may give."""


QUESTIONS: Mapping[Role, frozenset[str]] = {Role.DESK: frozenset({"ask_report"})}
"""Role → names of what its program may ask besides, and no person orders."""


def roles_of(identities: Iterable[IdentitySettings]) -> dict[str, Role]:
    """Identity → role, as the settings list them."""
    return {each.id: Role(each.role) for each in identities}


def may_order(role: Role, command: Command) -> bool:
    """Whether a unit of this role may give the command."""
    name = snake_case(type(command).__name__)
    return name in ORDERS[role] or name in QUESTIONS.get(role, ())


def desk_of(topic: str, topics: Topics, roles: Mapping[str, Role]) -> str:
    """The desk that says this. Raises BadMessageError for a unit that is none; where no roles are
    listed, the broker alone sees to that."""
    try:
        desk = topics.sender_of(topic)
    except BadTopicError as error:
        raise BadMessageError(str(error)) from None
    if roles and roles.get(desk) is not Role.DESK:
        raise BadMessageError(f"{desk} is no desk")
    return desk


@dataclass(frozen=True, slots=True)
class Topic:
    """One line of what an identity may do: `says` it, or only hears it."""

    name: str
    says: bool


def topics_of(role: Role, unit: str, topics: Topics) -> tuple[Topic, ...]:
    """All that a unit of this role may say and hear."""
    says, hears = [topics.unit_status(unit)], [topics.certificates(unit), topics.reply(unit)]
    if ORDERS[role]:
        says += [topics.command(unit)]
    match role:
        case Role.MODULE:
            says += [
                topics.all_replies,
                topics.all_leases,
                topics.event,
                topics.board,
                topics.queue,
            ]
            says += [topics.catalogue, topics.bookings, topics.settings]
            hears += [topics.all_commands, topics.all_seen, topics.register]
        case Role.KIOSK:
            says += [topics.printed(kiosk=unit)]
            hears += [topics.catalogue, topics.bookings, topics.lease(unit), topics.all_presence]
            hears += [topics.to_print(kiosk=unit)]
        case Role.DISPLAY:
            says += [topics.seen(unit)]
            hears += [topics.board]
        case Role.CONSULTATIONS:
            says += [topics.all_booked, topics.register]
            hears += [topics.all_book, topics.settings]
        case Role.VISITOR_PAGE:
            hears += [topics.board]
        case Role.DESK:
            says += [topics.book(unit), topics.to_print(desk=unit)]
            hears += [topics.queue, topics.bookings, topics.booked(unit), topics.settings]
            hears += [topics.printed(desk=unit), topics.register]
            says += [topics.machine_order(desk=unit)]
            hears += [topics.all_unit_status, topics.all_self_tests, topics.all_machines]
            hears += [topics.machine_answer(desk=unit)]
        case Role.BRIDGE:
            says += [topics.presence(unit)]
            hears += [topics.queue]
    return _topics(says, hears)


def machine_topics_of(unit: str, topics: Topics) -> tuple[Topic, ...]:
    """The same of the agent of this unit's Pi."""
    status = topics.unit_status(machine_of(unit))
    says = [status, topics.machine(unit), topics.machine_answer(unit=unit)]
    return _topics(says, [topics.machine_order(unit=unit), topics.certificates(unit)])


def told_of(unit: str, topics: Topics) -> tuple[str, ...]:
    """Where a unit, its self-test and its Pi's agent say how it is: forgotten when it is shut
    out."""
    agent = topics.unit_status(machine_of(unit))
    return topics.unit_status(unit), agent, topics.machine(unit), topics.self_test(unit)


def access_list(identities: Mapping[str, Role], topics: Topics) -> str:
    """Mosquitto's `acl_file`: what is not in it is nobody's."""
    return "\n".join(_lines(identities, topics)) + "\n"


def _topics(says: Iterable[str], hears: Iterable[str]) -> tuple[Topic, ...]:
    return (
        *(Topic(each, says=True) for each in says),
        *(Topic(each, says=False) for each in hears),
    )


def _lines(identities: Mapping[str, Role], topics: Topics) -> Iterator[str]:
    yield f"user {RENEWAL}"
    yield f"topic write {topics.all_certificates}"
    for each in (topics.all_unit_status, topics.all_machines, topics.all_self_tests):
        yield f"topic write {each}"
    for unit, role in identities.items():
        yield f"\nuser {unit}"
        yield from _rights(topics_of(role, unit, topics))
        yield f"\nuser {machine_of(unit)}"
        yield from _rights(machine_topics_of(unit, topics))
        yield f"\nuser {self_test_of(unit)}"
        yield f"topic readwrite {topics.self_test(unit)}"
        yield f"topic read {topics.catalogue}"


def _rights(topics: Iterable[Topic]) -> Iterator[str]:
    for each in topics:
        yield f"topic {'write' if each.says else 'read'} {each.name}"
