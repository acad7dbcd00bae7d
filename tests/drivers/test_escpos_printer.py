"""The driver before a printer that loses paper, cover, power or patience at any moment."""

import logging
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.escpos_dialogue import ASK_PASSED, OFFLINE_CAUSE
from drivers.escpos_printer import EscposPrinter
from drivers.printer import (
    OFFLINE,
    Fate,
    NoPrinter,
    Paper,
    PrinterStatus,
    PrintOutcome,
    PrintResult,
    TicketPaper,
)
from drivers.printer_line import PrinterLine, open_serial
from drivers.simulated_printer import SimulatedPrinter
from drivers.ticket_layout import Mode, TicketLayout

STATUS_BYTES = 12  # what the driver asks before it prints
CUT_BYTES = 4

Verb = Callable[[SimulatedPrinter], None]


def job_bytes(layout: TicketLayout, paper: TicketPaper) -> int:
    return len(bytes(layout.compose(paper)))


def test_prints(twin: SimulatedPrinter, printer: EscposPrinter, paper: TicketPaper) -> None:
    assert printer.status() == PrinterStatus(online=True, paper=Paper.OK, cover_open=False)
    assert printer.print_ticket(paper) == PrintOutcome(PrintResult.PRINTED)
    assert len(twin.tickets) == 1
    assert twin.first_byte_at is not None


@pytest.mark.parametrize(
    ("verb", "status", "fault"),
    [
        (SimulatedPrinter.paper_low, PrinterStatus(True, Paper.LOW, False), None),
        (SimulatedPrinter.remove_paper, PrinterStatus(False, Paper.OUT, False), "paper_out"),
        (SimulatedPrinter.open_cover, PrinterStatus(False, Paper.OK, True), "cover_open"),
        (SimulatedPrinter.jam, PrinterStatus(False, Paper.OK, False, True), "printer_error"),
        (SimulatedPrinter.unplug, OFFLINE, "printer_offline"),
    ],
)
def test_says_what_is_wrong(
    twin: SimulatedPrinter,
    printer: EscposPrinter,
    paper: TicketPaper,
    verb: Verb,
    status: PrinterStatus,
    fault: str | None,
) -> None:
    verb(twin)
    assert printer.status() == status
    assert status.fault == fault
    outcome = printer.print_ticket(paper)
    assert outcome.reason == fault
    assert len(twin.tickets) == (1 if outcome.result is PrintResult.PRINTED else 0)


@pytest.mark.parametrize(
    ("verb", "reason"),
    [
        (SimulatedPrinter.remove_paper, "paper_out"),
        (SimulatedPrinter.open_cover, "cover_open"),
    ],
)
@pytest.mark.parametrize("percent", [0, 20, 40, 60, 80, 100])
def test_a_fault_inside_a_ticket_fails_it_for_good(
    twin: SimulatedPrinter,
    printer: EscposPrinter,
    layout: TicketLayout,
    paper: TicketPaper,
    verb: Verb,
    reason: str,
    percent: int,
) -> None:
    before_cut = job_bytes(layout, paper) - CUT_BYTES
    twin.after_bytes(STATUS_BYTES + 1 + (before_cut - 1) * percent // 100, lambda: verb(twin))
    outcome = printer.print_ticket(paper)
    assert outcome.result is PrintResult.FAILED
    assert outcome.reason == reason
    twin.refill()
    twin.close_cover()
    assert printer.print_ticket(replace(paper, number="A 043")).result is PrintResult.PRINTED
    (ticket,) = twin.tickets
    assert "A 043" in ticket.text
    assert "A 042" not in ticket.text


def test_a_knife_that_gets_stuck_leaves_the_ticket_in_doubt(
    twin: SimulatedPrinter, printer: EscposPrinter, layout: TicketLayout, paper: TicketPaper
) -> None:
    before_cut = job_bytes(layout, paper) - CUT_BYTES + len(ASK_PASSED)
    twin.after_bytes(STATUS_BYTES + before_cut, twin.jam)
    assert printer.print_ticket(paper) == PrintOutcome(PrintResult.UNKNOWN, "printer_error")
    twin.free()
    assert printer.print_ticket(replace(paper, number="A 043")).result is PrintResult.PRINTED
    assert "A 043" in twin.tickets[-1].text


def test_a_status_that_nobody_asked_for_does_not_pass_for_the_end_of_a_ticket(
    twin: SimulatedPrinter, printer: EscposPrinter, layout: TicketLayout, paper: TicketPaper
) -> None:
    half = STATUS_BYTES + job_bytes(layout, paper) // 2
    for _ in range(3):
        twin.after_bytes(half, twin.tell_status)
    twin.after_bytes(half, twin.remove_paper)
    twin.after_bytes(half, twin.tell_status)
    assert printer.print_ticket(paper) == PrintOutcome(PrintResult.FAILED, "paper_out")
    twin.refill()
    twin.tell_status()
    assert printer.print_ticket(paper) == PrintOutcome(PrintResult.PRINTED)
    assert len(twin.tickets) == 1


def test_a_presenter_cuts_and_holds_the_ticket(
    twin: SimulatedPrinter, port: Path, paper: TicketPaper
) -> None:
    layout = TicketLayout(48, "default", presenter_seconds=30)
    assert layout.compose(paper).cut == b"\x1cP\x0c\x01R\x1e"
    printer = EscposPrinter(lambda: open_serial(str(port), 19200), layout, answer_within=5.0)
    assert printer.print_ticket(paper) == PrintOutcome(PrintResult.PRINTED)
    assert len(twin.tickets) == 1
    assert twin.unknown_commands == 0
    printer.close()


@pytest.fixture
def now() -> list[float]:
    return [100.0]


@pytest.fixture
def presenter(port: Path, now: list[float]) -> Iterator[EscposPrinter]:
    """Takes back after 30 seconds of a clock of ours."""
    layout = TicketLayout(48, "default", presenter_seconds=30)
    printer = EscposPrinter(
        lambda: open_serial(str(port), 19200), layout, answer_within=5.0, clock=lambda: now[0]
    )
    yield printer
    printer.close()


@pytest.mark.parametrize(
    ("seconds", "fate"), [(2, Fate.TAKEN), (28, Fate.TAKEN), (29, Fate.TAKEN_BACK)]
)
def test_who_took_a_ticket_is_known_by_the_time(
    twin: SimulatedPrinter,
    presenter: EscposPrinter,
    now: list[float],
    paper: TicketPaper,
    seconds: float,
    fate: Fate,
) -> None:
    twin.leave_ticket()
    presenter.print_ticket(paper)
    assert presenter.fate() is Fate.HELD
    now[0] += seconds
    twin.take_ticket()
    assert presenter.fate() is fate
    assert presenter.fate() is None
    assert presenter.status().fault is None


def test_of_a_ticket_that_was_never_seen_nothing_is_said(
    twin: SimulatedPrinter, presenter: EscposPrinter, now: list[float], paper: TicketPaper
) -> None:
    presenter.print_ticket(paper)
    twin.take_ticket()
    assert presenter.fate() is Fate.HELD, "it may not have come out yet"
    now[0] += 41
    assert presenter.fate() is None


def test_a_presenter_that_takes_nothing_back_is_not_watched_for_ever(
    twin: SimulatedPrinter, presenter: EscposPrinter, now: list[float], paper: TicketPaper
) -> None:
    twin.leave_ticket()
    presenter.print_ticket(paper)
    assert presenter.fate() is Fate.HELD
    now[0] += 41
    assert presenter.fate() is None


@pytest.mark.parametrize("verb", [SimulatedPrinter.hang, SimulatedPrinter.unplug])
def test_a_presenter_that_is_lost_says_nothing(
    twin: SimulatedPrinter, port: Path, paper: TicketPaper, verb: Verb
) -> None:
    layout = TicketLayout(48, "default", presenter_seconds=30)
    printer = EscposPrinter(lambda: open_serial(str(port), 1_000_000), layout, answer_within=0.5)
    twin.leave_ticket()
    assert printer.print_ticket(paper).result is PrintResult.PRINTED
    verb(twin)
    assert printer.fate() is None
    printer.close()


def test_without_a_presenter_nothing_is_asked(
    twin: SimulatedPrinter, printer: EscposPrinter, paper: TicketPaper
) -> None:
    printer.print_ticket(paper)
    assert printer.fate() is None
    assert NoPrinter().fate() is None


MISHAPS: dict[Verb, Verb] = {
    SimulatedPrinter.remove_paper: SimulatedPrinter.refill,
    SimulatedPrinter.open_cover: SimulatedPrinter.close_cover,
    SimulatedPrinter.jam: SimulatedPrinter.free,
    SimulatedPrinter.unplug: SimulatedPrinter.plug,
}
"""What may happen, and how it is put right."""


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    mishaps=st.lists(st.tuples(st.sampled_from(list(MISHAPS)), st.floats(0, 1)), max_size=4),
    mode=st.sampled_from(["text", "picture"]),
)
def test_whatever_happens_whenever_the_outcome_is_true_and_no_ticket_comes_twice(
    tmp_path_factory: pytest.TempPathFactory,
    paper: TicketPaper,
    mishaps: list[tuple[Verb, float]],
    mode: Mode,
) -> None:
    """After the last mishap the same printer prints again, without a restart."""
    folder, layout = tmp_path_factory.mktemp("printer"), TicketLayout(48, "default", mode)
    whole = STATUS_BYTES + job_bytes(layout, paper) + len(ASK_PASSED)
    with SimulatedPrinter(folder / "port", folder) as twin:
        printer = EscposPrinter(
            lambda: open_serial(str(folder / "port"), 4_000_000),
            layout,
            answer_within=5.0,
            finish_within=5.0,
        )
        for verb, part in mishaps:
            before = len(twin.tickets)
            twin.after_bytes(int(whole * part), partial(verb, twin))
            result = printer.print_ticket(paper).result
            came_out = len(twin.tickets) - before
            assert came_out <= 1
            assert result is not PrintResult.PRINTED or came_out == 1
            assert result is not PrintResult.FAILED or came_out == 0
            MISHAPS[verb](twin)
        before = len(twin.tickets)
        assert printer.print_ticket(paper).result is PrintResult.PRINTED
        assert len(twin.tickets) == before + 1
        printer.close()


@pytest.mark.parametrize("verb", [SimulatedPrinter.hang, SimulatedPrinter.unplug])
@pytest.mark.parametrize("percent", [0, 10, 30, 50, 70, 90, 100])
def test_lost_at_any_moment_the_outcome_is_true(
    twin: SimulatedPrinter,
    hasty_printer: EscposPrinter,
    layout: TicketLayout,
    paper: TicketPaper,
    verb: Verb,
    percent: int,
) -> None:
    whole = STATUS_BYTES + job_bytes(layout, paper) + 2 * len(ASK_PASSED)
    twin.after_bytes(whole * percent // 100, lambda: verb(twin))
    outcome = hasty_printer.print_ticket(paper)
    assert outcome.result is not PrintResult.PRINTED
    assert outcome.reason == "printer_offline"
    if outcome.result is PrintResult.FAILED:
        assert not twin.tickets


def test_answers_that_come_late_are_not_taken_for_others(
    port: Path, tmp_path: Path, layout: TicketLayout, paper: TicketPaper
) -> None:
    """The line is slower than the driver believes: its questions queue behind the ticket."""
    with SimulatedPrinter(port, tmp_path / "tickets", baud=4800) as twin:
        printer = EscposPrinter(
            lambda: open_serial(str(port), 1_000_000), layout, answer_within=0.1, finish_within=60
        )
        twin.after_bytes(STATUS_BYTES + job_bytes(layout, paper) // 2, twin.open_cover)
        assert printer.print_ticket(paper) == PrintOutcome(PrintResult.FAILED, "cover_open")
        printer.close()


def test_an_endless_job_into_a_stalled_printer_ends(
    twin: SimulatedPrinter, hasty_printer: EscposPrinter, paper: TicketPaper
) -> None:
    """More than the line can hold, so that the write itself stalls."""
    twin.after_bytes(STATUS_BYTES + 1, twin.hang)
    outcome = hasty_printer.print_ticket(replace(paper, lines=("Gaidiet. " * 20,) * 200))
    assert outcome == PrintOutcome(PrintResult.FAILED, "printer_offline")


def test_comes_back_by_itself_and_logs_each_change_once(
    twin: SimulatedPrinter,
    port: Path,
    layout: TicketLayout,
    paper: TicketPaper,
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = [0.0]
    printer = EscposPrinter(
        lambda: open_serial(str(port), 19200), layout, answer_within=5.0, clock=lambda: now[0]
    )
    caplog.set_level(logging.INFO)
    twin.unplug()
    for _ in range(5):
        assert printer.status().fault == "printer_offline"
    twin.plug()
    assert printer.status() == OFFLINE, "not before the pause is over"
    now[0] += 60
    assert printer.status().fault is None
    assert printer.print_ticket(paper).result is PrintResult.PRINTED
    printer.close()
    assert caplog.messages == ["printer: printer_offline", "printer: ready again"]
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


def test_a_visitor_does_not_wait_for_the_next_attempt(
    twin: SimulatedPrinter, port: Path, layout: TicketLayout, paper: TicketPaper
) -> None:
    printer = EscposPrinter(
        lambda: open_serial(str(port), 19200), layout, answer_within=5.0, clock=lambda: 0.0
    )
    twin.unplug()
    assert printer.status() == OFFLINE
    twin.plug()
    assert printer.print_ticket(paper).result is PrintResult.PRINTED
    printer.close()


def test_absent_hardware_is_only_offline(hasty_printer: EscposPrinter, paper: TicketPaper) -> None:
    assert hasty_printer.status() == OFFLINE
    assert hasty_printer.print_ticket(paper) == PrintOutcome(PrintResult.FAILED, "printer_offline")


def test_paper_in_again_while_the_ticket_waits(
    twin: SimulatedPrinter, printer: EscposPrinter, paper: TicketPaper
) -> None:
    """Whoever changes the roll during a job: the outcome and the paper agree."""
    twin.after_bytes(STATUS_BYTES + 50, twin.remove_paper)
    outcomes: list[PrintOutcome] = []
    worker = threading.Thread(target=lambda: outcomes.append(printer.print_ticket(paper)))
    worker.start()
    twin.refill()
    worker.join()
    if outcomes[0].result is not PrintResult.UNKNOWN:
        assert (outcomes[0].result is PrintResult.PRINTED) == bool(twin.tickets)


class RefilledMeanwhile(PrinterLine):
    """New paper is in before the second question."""

    def __init__(self, port: Path, twin: SimulatedPrinter) -> None:
        descriptor = os.open(port, os.O_RDWR | os.O_NOCTTY)
        super().__init__(descriptor, lambda: os.close(descriptor))
        self._twin = twin

    def send(self, data: bytes) -> None:
        if data[-1] == OFFLINE_CAUSE:
            self._twin.refill()
        super().send(data)


def test_answers_from_before_and_after_a_new_roll_are_no_fault(
    twin: SimulatedPrinter, port: Path, layout: TicketLayout
) -> None:
    twin.remove_paper()
    printer = EscposPrinter(lambda: RefilledMeanwhile(port, twin), layout, answer_within=5.0)
    assert printer.status() == PrinterStatus(online=True, paper=Paper.OK, cover_open=False)
    printer.close()


def test_no_printer_has_no_fault(paper: TicketPaper) -> None:
    printer = NoPrinter()
    assert printer.status().fault is None
    assert printer.print_ticket(paper) == PrintOutcome(PrintResult.FAILED)
    printer.close()
