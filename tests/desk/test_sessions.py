import pytest

from desk.sessions import Session, Sessions

ANNA = Session("anna", "1")


class Desk:
    """Sessions of ten minutes and their clock."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sessions = Sessions(10, lambda: self.now)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_session_is_found_by_its_token_only(desk: Desk) -> None:
    token = desk.sessions.open(ANNA)
    assert desk.sessions.use(token) == ANNA
    assert desk.sessions.use("") is None
    assert desk.sessions.use(token[:-1]) is None


def test_tokens_are_long_and_differ(desk: Desk) -> None:
    first, second = desk.sessions.open(ANNA), desk.sessions.open(ANNA)
    assert first != second
    assert len(first) >= 43  # 256 bits


def test_use_prolongs_and_looking_does_not(desk: Desk) -> None:
    token = desk.sessions.open(ANNA)
    desk.now = 599
    assert desk.sessions.use(token) == ANNA
    desk.now = 1198
    assert desk.sessions.look(token) == ANNA
    desk.now = 1199
    assert desk.sessions.look(token) is None
    assert desk.sessions.use(token) is None


def test_signing_out_ends_it(desk: Desk) -> None:
    token = desk.sessions.open(ANNA)
    desk.sessions.close(token)
    desk.sessions.close(token)
    assert desk.sessions.look(token) is None
