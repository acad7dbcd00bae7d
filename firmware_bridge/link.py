"""One end of the serial link: each message arrives once and in order, or the link starts anew.

Pure: bytes, messages and the time (milliseconds, never going back) come as arguments. The Pi
leads, the microcontroller follows; docs/serial.md is the specification. Runs unchanged on both.
"""

from firmware_bridge import wire

VERSION = 1
HELLO, ACKNOWLEDGE, HEARTBEAT = 0x01, 0x02, 0x03
"""The link's own codes; those of messages are from 0x10."""

HELLO_MS = 500  # between two Hellos while the link is down
RETRY_MS = 200  # a longest packet and its answer need half of it at 9 600 baud
TRIES = 10
HEARTBEAT_MS = 1000
LOST_MS = 3000  # after three heartbeats that did not come
LONGEST_MESSAGE = wire.LONGEST - 1 - 2 - 3  # without COBS, CRC, session and sequence number


class Link:
    """Either end. It holds one message at a time; `ready` says that the next may be sent.

    `session`: 1–65535 of the conversation under way, where all state of this end begins anew; 0:
    none. `up`: the other end is there. `version`: the highest that both speak. `peer`: what the
    other end has, a bit each.
    """

    _waiting: bytes
    _next: int
    _expected: int
    _tries: int
    _sent_at: int

    def __init__(self, capabilities: int, first_session: int = 0) -> None:
        """`first_session`: of the end that leads, at random, 1–65535; the other gives none."""
        self.up = False
        self.version = VERSION
        self.peer = 0
        self.session = first_session
        self.decoder = wire.Decoder()
        self._leads = first_session > 0
        self._hello = bytes((VERSION, capabilities))
        self._answers = b""
        self._heard_at = self._spoke_at = 0
        self._hello_at = -HELLO_MS
        self._begin()

    @property
    def ready(self) -> bool:
        """Whether `send` would take a message."""
        return self.up and not self._waiting

    def send(self, message: bytes) -> None:
        """Take a message: its code and 0–57 bytes. Raises ValueError when it is not `ready`."""
        if not self.ready or not 0 < len(message) <= LONGEST_MESSAGE:
            raise ValueError("not ready, or not a message")
        self._waiting = self._packet(message[0], self._next, message[1:])
        self._tries = 0

    def receive(self, data: bytes, now: int) -> list[bytes]:
        """Take bytes from the line; give the messages that arrived with them."""
        messages: list[bytes] = []
        for packet in self.decoder.feed(data):
            messages += self._take(packet, now)
        return messages

    def transmit(self, now: int) -> bytes:
        """What to put on the line now. To be asked after `receive`, and every few milliseconds."""
        if self.up and (now - self._heard_at >= LOST_MS or self._tries > TRIES):
            self._lose()
        out, self._answers = self._answers, b""
        if not self.up and now - self._hello_at >= HELLO_MS:
            self._hello_at = now
            out += self._packet(HELLO, 0, self._hello)
        elif self._waiting and (self._tries == 0 or now - self._sent_at >= RETRY_MS):
            self._tries, self._sent_at = self._tries + 1, now
            out += self._waiting
        elif self.up and not out and now - self._spoke_at >= HEARTBEAT_MS:
            out += self._packet(HEARTBEAT, 0)
        if out:
            self._spoke_at = now
        return out

    def _take(self, packet: bytes, now: int) -> list[bytes]:
        code, session, sequence = packet[0], packet[1] << 8 | packet[2], packet[3]
        if code == HELLO:
            self._take_hello(session, packet[4:], now)
        if not self.up or session != self.session:
            return []
        self._heard_at = now
        if code == ACKNOWLEDGE and self._waiting and sequence == self._next:
            self._waiting, self._next = b"", self._next + 1 & 0xFF
        return self._take_message(packet, sequence) if code > HEARTBEAT else []

    def _take_message(self, packet: bytes, sequence: int) -> list[bytes]:
        behind = self._expected - sequence & 0xFF
        if behind > 0x7F:  # from the future: of another conversation, or damaged
            return []
        self._answers += self._packet(ACKNOWLEDGE, sequence)
        if behind:  # it came before; only the answer was lost
            return []
        self._expected = self._expected + 1 & 0xFF
        return [packet[:1] + packet[4:]]

    def _take_hello(self, session: int, fields: bytes, now: int) -> None:
        if len(fields) < 2 or not fields[0]:
            return
        if self._leads:
            if session == 0 and self.up:  # the other end started again
                self._lose()
            if session != self.session:
                return
        elif session == 0:
            return
        elif session != self.session:
            self.session = session
            self._begin()
        self.version, self.peer = min(VERSION, fields[0]), fields[1]
        self.up, self._heard_at = True, now
        if not self._leads:
            self._answers += self._packet(HELLO, 0, self._hello)

    def _lose(self) -> None:
        self.up = False
        self.session = self.session % 0xFFFF + 1 if self._leads else 0
        self._begin()

    def _begin(self) -> None:
        self._waiting = b""
        self._next = self._expected = self._tries = self._sent_at = 0

    def _packet(self, code: int, sequence: int, fields: bytes = b"") -> bytes:
        head = bytes((code, self.session >> 8, self.session & 0xFF, sequence))
        return wire.encode(head + fields)
