"""Two real ends of the link, over lines that do their worst."""

import random
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge import link, wire
from firmware_bridge.link import Link
from tests.firmware_bridge.hostile_line import HostileLine

STEP_MS = 10


@dataclass
class End:
    """A link, what it was given to send and what it received."""

    link: Link
    sent: list[bytes] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)

    def say(self, message: bytes) -> None:
        self.link.send(message)
        self.sent.append(message)


class Pair:
    """The Pi and the controller, and both directions of the line between them."""

    def __init__(self, seed: int = 0, harm: float = 0.0) -> None:
        self.chance = random.Random(seed)
        self.pi = End(Link(0, first_session=self.chance.randint(1, 65535)))
        self.controller = End(Link(31))
        self.there = HostileLine(self.chance, harm)
        self.back = HostileLine(self.chance, harm)
        self.now = 0

    def run(self, milliseconds: int, *, talk: bool = False) -> None:
        for _ in range(0, milliseconds, STEP_MS):
            self._turn(self.pi, self.back, self.there, talk)
            self._turn(self.controller, self.there, self.back, talk)
            self.now += STEP_MS

    def restart_controller(self) -> None:
        self.controller.link = Link(31)

    def harm(self, share: float) -> None:
        self.there.harm = self.back.harm = share

    def _turn(self, end: End, incoming: HostileLine, outgoing: HostileLine, talk: bool) -> None:
        end.received += end.link.receive(incoming.read(self.now), self.now)
        if talk and end.link.ready:
            end.say(b"\x10" + len(end.sent).to_bytes(3, "big"))
        outgoing.write(end.link.transmit(self.now), self.now)


def in_order_at_most_once(sent: list[bytes], received: list[bytes]) -> bool:
    left = iter(sent)
    return all(each in left for each in received)


def test_both_ends_find_each_other_and_what_each_has() -> None:
    pair = Pair()
    pair.run(50)
    assert (pair.pi.link.up, pair.controller.link.up) == (True, True)
    assert pair.pi.link.session == pair.controller.link.session > 0
    assert (pair.pi.link.peer, pair.controller.link.peer) == (31, 0)


def test_a_message_takes_one_packet_and_one_answer() -> None:
    pair = Pair()
    pair.run(50)
    pair.controller.say(b"\x10\3\1")
    assert not pair.controller.link.ready
    pair.run(30)
    assert pair.pi.received == [b"\x10\3\1"]
    assert pair.controller.link.ready


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.floats(0, 0.6))
def test_messages_come_once_and_in_order_whatever_the_line_does(seed: int, harm: float) -> None:
    pair = Pair(seed, harm)
    pair.run(5_000, talk=True)
    assert in_order_at_most_once(pair.controller.sent, pair.pi.received)
    assert in_order_at_most_once(pair.pi.sent, pair.controller.received)


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.floats(0, 1), st.booleans())
def test_once_the_line_is_good_nothing_more_is_lost(seed: int, harm: float, again: bool) -> None:
    pair = Pair(seed, harm)
    pair.run(3_000, talk=True)
    if again:
        pair.restart_controller()
    pair.harm(0)
    pair.run(2 * link.LOST_MS + 5 * link.RETRY_MS)
    for end in (pair.pi, pair.controller):
        end.sent.clear()
        end.received.clear()
    pair.run(500, talk=True)
    pair.run(50)
    assert pair.pi.received == pair.controller.sent
    assert pair.controller.received == pair.pi.sent
    assert len(pair.pi.received) > 10


def test_a_restarted_controller_is_a_new_session_within_a_second() -> None:
    pair = Pair()
    pair.run(1_000, talk=True)
    before = pair.pi.link.session
    pair.restart_controller()
    pair.run(1_000)
    assert pair.pi.link.up
    assert pair.pi.link.session == pair.controller.link.session == before + 1


def test_silence_loses_the_link_and_a_message_is_not_kept_for_later() -> None:
    pair = Pair()
    pair.run(50)
    pair.there.cut = pair.back.cut = True
    pair.controller.say(b"\x10\3\1")
    pair.run(link.LOST_MS + 100)
    assert not pair.pi.link.up
    assert not pair.controller.link.up
    assert pair.controller.link.session == 0
    pair.there.cut = pair.back.cut = False
    pair.run(1_000)
    assert pair.pi.link.ready
    assert pair.pi.received == []


def test_an_idle_link_costs_two_packets_a_second() -> None:
    pair = Pair()
    pair.run(50)
    said = 0
    for now in range(pair.now, pair.now + 10_000, STEP_MS):
        out = pair.pi.link.transmit(now)
        said += out.count(b"\0") // 2
        pair.controller.link.receive(out, now)
        pair.pi.link.receive(pair.controller.link.transmit(now), now)
    assert said == 10


def test_a_newer_end_speaks_the_older_version_and_an_old_hello_is_refused() -> None:
    pi, session = Link(0, first_session=5), b"\0\5\0"
    pi.transmit(0)
    pi.receive(wire.encode(b"\1" + session + b"\0\x1f"), 0)  # there is no version 0
    assert not pi.up
    pi.receive(wire.encode(b"\1" + session + b"\2\x9f\7\7"), 0)  # more fields than we know
    assert (pi.up, pi.version, pi.peer) == (True, 1, 0x9F)


@pytest.mark.parametrize("message", [b"\x10", b"", bytes(99)])
def test_an_end_that_is_not_ready_takes_nothing(message: bytes) -> None:
    with pytest.raises(ValueError, match="not ready"):
        Link(0, first_session=1).send(message)


@given(st.lists(st.binary(max_size=80), max_size=20), st.booleans())
def test_noise_never_raises_and_never_grows(noise: list[bytes], leads: bool) -> None:
    end = Link(31, first_session=9 if leads else 0)
    for now, data in enumerate(noise):
        assert end.receive(data, now) == []
        assert len(end.transmit(now)) < wire.LONGEST
