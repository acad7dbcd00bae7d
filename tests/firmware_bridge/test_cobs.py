import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge import cobs


# From the paper's rules, with the greatest length this coding has.
@pytest.mark.parametrize(
    ("data", "coded"),
    [
        (b"", b"\x01"),
        (b"\0", b"\x01\x01"),
        (b"\0\0", b"\x01\x01\x01"),
        (b"\x11\x22\0\x33", b"\x03\x11\x22\x02\x33"),
        (b"\x11\0\0\0", b"\x02\x11\x01\x01\x01"),
        (b"\x11" * 254, b"\xff" + b"\x11" * 254),
    ],
)
def test_known_codings(data: bytes, coded: bytes) -> None:
    assert cobs.encode(data) == coded
    assert cobs.decode(coded) == data


@given(st.binary(max_size=cobs.LONGEST))
def test_every_short_text_comes_back_without_a_zero_on_the_way(data: bytes) -> None:
    coded = cobs.encode(data)
    assert len(coded) == len(data) + 1
    assert 0 not in coded
    assert cobs.decode(coded) == data


@given(st.binary(max_size=300))
def test_what_is_decoded_at_all_has_one_coding(coded: bytes) -> None:
    try:
        data = cobs.decode(coded)
    except ValueError:
        return
    assert cobs.encode(data) == coded


@pytest.mark.parametrize("coded", [b"", b"\x03\x11", b"\x02\0", b"\xff" + b"\x11" * 255])
def test_what_encode_cannot_have_made_is_refused(coded: bytes) -> None:
    with pytest.raises(ValueError, match="block"):
        cobs.decode(coded)


def test_longer_data_is_refused() -> None:
    with pytest.raises(ValueError, match="254"):
        cobs.encode(bytes(255))
