"""What points at one visitor, and the reference that stands for it in the log.

Ids of commands and tickets and the digests of bookings are tokens: the code on a paper is one. The
log has references; what they stand for is in a table while anybody may come with it. A reference is
a digest with a salt of its own, kept beside the token: while both are there the chain proves them,
and when they are gone, whoever holds the paper can confirm nothing.
"""

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import replace
from typing import Any, TypeVar

from queue_core.model import Account, Answer, Booking, State, Ticket
from queue_core.tickets import plain, whole

Rename = Callable[[str], str]
Token = tuple[str, str, str]
"""A row of the table `token`: reference, salt, token."""

_FIELDS = ("ticket", "booking", "record")
"""Of events."""

UNFIT = (AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What looking for tokens may raise in a body that is none of an event."""

_REFERENCE = re.compile(":[0-9a-f]{32}")

Named = TypeVar("Named")


def reference_of(salt: str, token: str) -> str:
    """As the log has it: a colon, which no id from outside has, and 32 digits of a SHA-256."""
    return f":{hashlib.sha256(json.dumps([salt, token], default=repr).encode()).hexdigest()[:32]}"


class Tokens:
    """Those that are known, both ways. A row that does not prove itself counts as none, but for a
    reference that stands for itself: its token was lost, and a restore missed it no more."""

    def __init__(self, rows: Iterable[Token] = ()) -> None:
        self._rows, self._references = dict[str, Token](), dict[str, str]()
        self.add(rows)

    def add(self, rows: Iterable[Token]) -> None:
        """These are known too."""
        for reference, salt, token in rows:
            if reference in {token, reference_of(salt, token)}:
                self._rows[reference] = (reference, salt, token)
                self._references[token] = reference

    @property
    def rows(self) -> Collection[Token]:
        """As they are kept."""
        return self._rows.values()

    @property
    def known(self) -> Set[str]:
        """All tokens."""
        return self._references.keys()

    @property
    def lost(self) -> int:
        """How many of them are references that stand for themselves."""
        return sum(reference == token for reference, _, token in self.rows)

    def reference(self, token: str) -> str:
        """What stands for it; itself where it is not known."""
        return self._references.get(token, token)

    def token(self, reference: str) -> str:
        """What it stands for; itself where that is forgotten: it is as unique."""
        known = self._rows.get(reference)
        return known[2] if known else reference

    def do_without(self, texts: Iterable[str]) -> None:
        """Let each reference in these texts whose token is not known stand for itself."""
        found = {each for text in texts for each in _REFERENCE.findall(text)}
        self.add((each, "", each) for each in found - self._rows.keys())

    def have_all(self, command_id: str, body: str) -> bool:
        """Whether everything that this event of the log refers to is known."""
        referred = {command_id} | _seen(lambda see: in_body(json.loads(body), see))
        return referred <= self._rows.keys()


class Meeting:
    """References to tokens, of which some may be met for the first time: `rows` are theirs."""

    def __init__(self, tokens: Tokens, new_salt: Callable[[], str]) -> None:
        self.rows: dict[str, Token] = {}
        self._tokens, self._new_salt = tokens, new_salt

    def reference(self, token: str) -> str:
        """What stands for it from now on."""
        if token in self._tokens.known:
            return self._tokens.reference(token)
        if token not in self.rows:
            salt = self._new_salt()
            self.rows[token] = (reference_of(salt, token), salt, token)
        return self.rows[token][0]


def in_body(body: Mapping[str, Any], rename: Rename) -> dict[str, Any]:
    """The body of an event, as JSON has it, with other names for its tokens."""
    renamed: dict[str, Any] = {name: rename(body[name]) for name in _FIELDS if body.get(name)}
    if "refusal" in body:
        renamed["refusal"] = {**body["refusal"], "facts": _facts(body["refusal"]["facts"], rename)}
    return {**body, **renamed}


def in_state(state: State, rename: Rename) -> State:
    """The state with other names for its tokens."""
    renamed = replace(
        plain(state),
        tickets=_keyed(state.tickets, _ticket, rename),
        announced=_each(state.announced, rename),
        bookings=_keyed(state.bookings, _booking, rename),
        at_counter={counter: rename(ticket) for counter, ticket in state.at_counter.items()},
        undoable={
            counter: replace(last, before=_ticket(last.before, rename))
            for counter, last in state.undoable.items()
        },
        accounts=_keyed(state.accounts, _account, rename),
        done={counter: _each(records, rename) for counter, records in state.done.items()},
        answers=_keyed(state.answers, _answer, rename),
        earlier_answers=_keyed(state.earlier_answers, _answer, rename),
    )
    return whole(renamed)


def tokens_of(state: State) -> set[str]:
    """All that the state knows."""
    return _seen(lambda see: in_state(state, see))


def _seen(look: Callable[[Rename], object]) -> set[str]:
    seen = set[str]()

    def see(token: str) -> str:
        seen.add(token)
        return token

    look(see)
    return seen


def _keyed(
    named: Mapping[str, Named], inside: Callable[[Named, Rename], Named], rename: Rename
) -> dict[str, Named]:
    return {rename(name): inside(each, rename) for name, each in named.items()}


def _each(tokens: Sequence[str], rename: Rename) -> tuple[str, ...]:
    return tuple(rename(token) for token in tokens)


def _ticket(ticket: Ticket, rename: Rename) -> Ticket:
    booking = ticket.booking and rename(ticket.booking)
    return replace(ticket, id=rename(ticket.id), booking=booking)


def _booking(booking: Booking, rename: Rename) -> Booking:
    return replace(booking, id=rename(booking.id), ticket=booking.ticket and rename(booking.ticket))


def _account(account: Account, rename: Rename) -> Account:
    return replace(account, id=rename(account.id))


def _answer(answer: Answer, rename: Rename) -> Answer:
    refusal = answer.refusal
    if refusal:
        refusal = replace(refusal, facts=_facts(refusal.facts, rename))
    return Answer(answer.ticket and rename(answer.ticket), refusal)


def _facts(facts: Mapping[str, str], rename: Rename) -> dict[str, str]:
    return {name: rename(fact) if name == "ticket" else fact for name, fact in facts.items()}
