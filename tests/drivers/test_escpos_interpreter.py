"""The simulated printer survives any bytes, in bounded memory."""

from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.escpos_commands import ARGUMENTS
from drivers.escpos_interpreter import BUFFER, EscposInterpreter
from drivers.paper_strip import LONGEST, PaperStrip

LONG_COMMANDS = [
    b"\x1d(k",
    b"\x1d(k\x03\x001Q0",
    b"\x1d(k\xff\xff1P0",
    b"\x1dv0\x00\x48\x00\x10\x00",
]
PIECES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [*ARGUMENTS, *LONG_COMMANDS, b"\x1dV\x01", b"\x1bd\xff", b"\n", "Žņ".encode("cp775")]
    ),
)


def interpreter_into(strips: list[PaperStrip]) -> EscposInterpreter:
    return EscposInterpreter(576, strips.append, lambda: None)


@settings(deadline=None)
@given(st.lists(PIECES, max_size=60))
def test_any_bytes_are_carried_out_or_counted(pieces: list[bytes]) -> None:
    strips: list[PaperStrip] = []
    interpreter = interpreter_into(strips)
    for piece in pieces:
        interpreter.feed(piece)
        while interpreter.step():
            pass
    interpreter.feed(b"\x1dV\x01")
    assert interpreter.consumed + BUFFER - interpreter.room == sum(map(len, pieces)) + 3
    for strip in strips:
        picture, _ = strip.finished()
        assert picture.width == 576
        assert picture.height <= LONGEST


def test_a_picture_larger_than_any_ticket_is_not_waited_for() -> None:
    interpreter = interpreter_into([])
    interpreter.feed(b"\x1dv0\x00\xff\xff\xff\xff")
    assert interpreter.step()
    assert interpreter.unknown == 1


def test_the_buffer_has_an_end() -> None:
    interpreter = interpreter_into([])
    interpreter.feed(b"A" * (2 * BUFFER))
    assert interpreter.room == 0


def test_a_strip_has_an_end() -> None:
    strips: list[PaperStrip] = []
    interpreter = interpreter_into(strips)
    for _ in range(10):
        interpreter.feed(b"\x1bd\xff" * 100 + b"A\n" * 1000)
        while interpreter.step():
            pass
    interpreter.feed(b"\x1dV\x00")
    while interpreter.step():
        pass
    assert strips[0].finished()[0].height < LONGEST
