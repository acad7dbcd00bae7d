"""The table of a ticket's life, and the diagram made from it."""

from queue_core.life import ENDED, TRANSITIONS, Status, Verb
from rinda.documents import life_diagram
from tests.conftest import ROOT


def test_the_diagram_in_the_docs_is_the_table() -> None:
    assert life_diagram() in (ROOT / "docs" / "ticket-life.md").read_text()


def test_every_status_is_reached_and_every_end_is_meant() -> None:
    reached = set(TRANSITIONS.values()) | {Status.BOOKED}
    assert reached == set(Status)
    ends = set(Status) - {status for status, verb in TRANSITIONS if verb is not Verb.CORRECT}
    assert ends == ENDED
