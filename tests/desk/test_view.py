import asyncio
from datetime import timedelta

import pytest

from config.settings import Settings
from desk.demo import Morning, units
from desk.pages import Pages
from desk.sessions import Session
from desk.view import HelpCall, Problem, view
from desk.watch import Watch
from messaging.appointments import RegisterState
from messaging.messages import (
    Finding,
    Outcome,
    RatingsView,
    Role,
    SelfTestReport,
    UnitStatus,
)
from queue_core.life import Status, Verb
from queue_core.model import CounterStatus
from texts import language

ENGLISH = language("en")


class Desk:
    """A watch whose clock moves by hand."""

    def fresh(self) -> bool:
        return self.watch.fresh

    def __init__(self) -> None:
        self.seconds = 100.0
        self.watch = Watch(lambda: self.seconds, "desk")

    def hear(self, morning: Morning, later: float = 0) -> None:
        state = morning.state()
        self.watch.take_queue(state.model_copy(update={"at": state.at + timedelta(seconds=later)}))


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.watch.take_connection(True)
    return desk


def test_nothing_is_known_at_first(desk: Desk) -> None:
    assert desk.watch.age is None
    assert not desk.fresh()
    assert view(desk.watch, "1", ENGLISH).counter is None


def test_a_snapshot_that_stands_still_is_no_sign_of_life(desk: Desk) -> None:
    desk.hear(Morning())
    desk.hear(Morning())
    assert not desk.fresh()


def test_the_queue_is_fresh_while_its_time_moves(desk: Desk) -> None:
    desk.hear(Morning())
    desk.hear(Morning(), later=2)
    assert desk.fresh()
    desk.seconds += 5
    assert desk.fresh()
    desk.seconds += 0.1
    assert not desk.fresh()
    desk.hear(Morning(), later=4)
    assert desk.fresh()


def test_without_the_broker_nothing_is_fresh(desk: Desk) -> None:
    desk.hear(Morning())
    desk.hear(Morning(), later=2)
    desk.watch.take_connection(False)
    assert not desk.fresh()


def test_the_modules_time_goes_on_between_its_words(desk: Desk) -> None:
    desk.hear(Morning())
    desk.seconds += 1.5
    assert desk.watch.now == Morning().moment + timedelta(seconds=1.5)


async def test_news_wakes_everybody_who_waits(desk: Desk) -> None:
    waiting = asyncio.gather(desk.watch.changed(0, 3600), desk.watch.changed(0, 3600))
    await asyncio.sleep(0)
    desk.hear(Morning())
    await waiting
    await desk.watch.changed(0, 3600)  # who was busy meanwhile misses nothing


def test_the_queue_is_divided_by_what_the_counter_serves(desk: Desk) -> None:
    desk.hear(Morning())
    seen = view(desk.watch, "1", ENGLISH)
    assert [each.number for each in seen.mine] == ["B 012", "P 007", "A 043", "A 044"]
    assert [each.number for each in seen.others] == ["K 002"]
    assert seen.waited(seen.mine[0]) == 32


def test_a_ticket_sent_to_another_counter_is_not_mine(desk: Desk) -> None:
    state = Morning().state()
    sent = state.waiting[0].model_copy(update={"for_counter": "2"})
    desk.watch.take_queue(state.model_copy(update={"waiting": (sent,)}))
    assert view(desk.watch, "1", ENGLISH).mine == ()
    assert view(desk.watch, "2", ENGLISH).mine == (sent,)


@pytest.mark.parametrize(
    ("status", "overdue"),
    [
        (CounterStatus.OPEN, ["B 012"]),
        (CounterStatus.PAUSED, ["B 012"]),
        (CounterStatus.CLOSED, []),
    ],
)
def test_who_waits_longer_than_promised_is_told_until_the_counter_closes(
    desk: Desk, status: CounterStatus, overdue: list[str]
) -> None:
    desk.hear(Morning(counter=status))
    seen = view(desk.watch, "1", ENGLISH)
    assert [each.number for each in seen.overdue] == overdue
    assert [each.id for each in seen.counters] == ["2", "kabinets"]


@pytest.mark.parametrize(
    ("status", "actions"),
    [
        (None, ()),
        (Status.CALLED, ("start", "finish", "recall", "no_show", "hold", "transfer")),
        (Status.SERVING, ("finish", "hold", "transfer")),
    ],
)
def test_only_what_can_be_done_is_offered(
    desk: Desk, status: Status | None, actions: tuple[str, ...]
) -> None:
    desk.hear(Morning(at_counter=status))
    assert view(desk.watch, "1", ENGLISH).actions == actions


@pytest.mark.parametrize(
    ("morning", "possible"),
    [
        (Morning(), True),
        (Morning(counter=CounterStatus.PAUSED), False),
        (Morning(at_counter=Status.CALLED), False),
    ],
)
def test_a_number_can_be_chosen_when_the_counter_is_free(
    desk: Desk, morning: Morning, possible: bool
) -> None:
    desk.hear(morning)
    seen = view(desk.watch, "1", ENGLISH)
    assert seen.can_call(seen.mine[0]) is possible


def test_only_walk_ins_are_given_priority(desk: Desk) -> None:
    desk.hear(Morning())
    seen = view(desk.watch, "1", ENGLISH)
    possible = {each.number: seen.can_prioritise(each) for each in seen.mine + seen.others}
    assert possible == {
        "B 012": True,
        "P 007": False,  # has priority
        "A 043": True,
        "A 044": True,
        "K 002": False,  # has an appointment
    }


def test_only_the_own_last_action_can_be_taken_back(desk: Desk) -> None:
    desk.hear(Morning(undoable=Verb.NO_SHOW))
    assert view(desk.watch, "1", ENGLISH).undoable is Verb.NO_SHOW
    assert view(desk.watch, "2", ENGLISH).undoable is None


def test_a_call_that_no_board_shows_is_warned_of_after_three_seconds(desk: Desk) -> None:
    desk.hear(Morning(at_counter=Status.CALLED, called_ago=0, shown=False))
    desk.seconds += 3
    assert not view(desk.watch, "1", ENGLISH).not_shown
    desk.seconds += 0.1
    assert view(desk.watch, "1", ENGLISH).not_shown


def test_a_module_that_cannot_store_is_told_first_of_all(desk: Desk) -> None:
    faults = ("disk_full", "backup_old")
    module = UnitStatus(unit="module", role=Role.MODULE, version="", online=True, faults=faults)
    desk.watch.take_unit(module)
    full, backup = view(desk.watch, "1", ENGLISH).problems
    assert (full.urgent, backup.urgent) == (True, False)
    assert full.sentence.startswith("module: The disk is full.")
    assert backup.sentence == "module: There is no good backup copy of the last two days."


def test_units_that_need_somebody_are_named(desk: Desk) -> None:
    for unit in units():
        desk.watch.take_unit(unit)
    for role in Role:
        desk.watch.take_unit(UnitStatus(unit=f"z-{role}", role=role, version="", online=False))
    desk.watch.take_unit(UnitStatus(unit="desk", role=Role.DESK, version="", online=False))
    assert view(desk.watch, "1", ENGLISH).problems == (
        Problem("Kiosk at the entrance: The ticket printer will soon be out of paper.", False),
        Problem("z-bridge: The call buttons and number displays do not answer.", True),
        Problem("z-consultations: The register of consultations does not answer.", True),
        Problem("z-desk: This staff page is switched off.", False),
        Problem("z-display: The board does not answer.", True),
        Problem("z-kiosk: The ticket kiosk does not answer.", True),
        Problem("z: What watches over this unit does not answer.", False),
        Problem("z-module: The queue module does not answer.", True),
        Problem("z-visitor-page: The visitors' phone page does not answer.", False),
    )


def test_a_pi_that_is_off_is_told_once_by_what_visitors_miss(desk: Desk) -> None:
    name = {"en": "Entrance"}
    for unit, role in (("kiosk-1", Role.KIOSK), ("kiosk-1-machine", Role.MACHINE)):
        status = UnitStatus(unit=unit, role=role, version="", online=False, name=name)
        desk.watch.take_unit(status)
    assert [each.sentence for each in view(desk.watch, "1", ENGLISH).problems] == [
        "Entrance: The ticket kiosk does not answer."
    ]
    hot = UnitStatus(unit="kiosk-1-machine", role=Role.MACHINE, version="", online=True)
    desk.watch.take_unit(hot.model_copy(update={"faults": ("hot",)}))
    assert view(desk.watch, "1", ENGLISH).problems[1] == Problem(
        "kiosk-1: It is too hot. See that air can pass, and that no sun or radiator heats it.",
        urgent=False,
    )


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "Rindā vēl nav 1 numuriņa, kas izsniegts bez savienojuma."),
        (2, "Rindā vēl nav 2 numuriņu, kas izsniegti bez savienojuma."),
    ],
)
def test_numbers_that_are_still_to_come_are_told(desk: Desk, count: int, words: str) -> None:
    kiosk = UnitStatus(unit="kiosk", role=Role.KIOSK, version="", online=True, unmerged=count)
    desk.watch.take_unit(kiosk)
    assert view(desk.watch, "1", language("lv")).problems == (Problem(f"kiosk: {words}", False),)


@pytest.mark.parametrize("bad", [(), ("paper_out", "from a newer version")])
def test_a_self_test_is_told_with_its_time_when_something_is_needed(
    desk: Desk, demo_settings: Settings, bad: tuple[str, ...]
) -> None:
    """A fact that is missing leaves a dash; a code that is not known is shown as it is."""
    findings = [("disk", "good", "disk_good"), ("touch", "skipped", "not_set")]
    findings += [("printer", "bad", code) for code in bad]
    report = SelfTestReport(
        unit="kiosks",
        name={},
        version="",
        at=Morning().moment,
        findings=tuple(Finding(check=c, outcome=Outcome(o), code=code) for c, o, code in findings),
    )
    desk.watch.take_self_test(report)
    drawn = Pages(demo_settings).regions(
        ENGLISH, Session("klientu-1", "1"), view(desk.watch, "1", ENGLISH)
    )
    words = " ".join(drawn["problems"].split())
    if bad:
        assert (
            "Self-test of kiosks: 2 of 3 to put right: Printer: The ticket printer is out of"
            in words
        )
        assert "from a newer version (Tuesday, 24 November, 10:41)" in words
    else:
        assert not words


@pytest.mark.parametrize("at_counter", [None, Status.SERVING])
@pytest.mark.parametrize("status", CounterStatus)
def test_who_may_only_look_sees_no_buttons(
    desk: Desk, demo_settings: Settings, status: CounterStatus, at_counter: Status | None
) -> None:
    desk.hear(Morning(counter=status, at_counter=at_counter, undoable=Verb.HOLD, help=True))
    seen = view(desk.watch, "1", ENGLISH)
    pages = Pages(demo_settings)
    looks = pages.regions(ENGLISH, Session("technician", "1", frozenset()), seen)
    acts = pages.regions(ENGLISH, Session("klientu-1", "1"), seen)
    assert not [name for name, each in looks.items() if "<button" in each]
    assert len([name for name, each in acts.items() if "<button" in each]) >= 5


def test_who_asks_for_help_is_named_as_staff_call_the_unit(desk: Desk) -> None:
    desk.hear(Morning(help=True))
    assert view(desk.watch, "1", ENGLISH).help == (HelpCall("kiosks", "kiosks", Morning().moment),)
    for unit in units():
        desk.watch.take_unit(unit)
    (call,) = view(desk.watch, "2", language("lv")).help
    assert call.place == "Kiosks pie ieejas"


def test_who_may_act_is_sent_to_the_visitors_who_must_be_told(
    desk: Desk, demo_settings: Settings
) -> None:
    desk.hear(Morning())
    today = Morning().moment.date()
    told = RegisterState(
        at=Morning().moment, first_day=today, last_day=today, bookings=(), offered=2, stranded=1
    )
    desk.watch.take_register(told)
    seen, pages = view(desk.watch, "1", ENGLISH), Pages(demo_settings)
    acts = pages.regions(ENGLISH, Session("klientu-1", "1"), seen)["problems"]
    looks = pages.regions(ENGLISH, Session("technician", "1", frozenset()), seen)["problems"]
    assert "offered to 2 people" in acts
    assert "1 appointment must be moved" in acts
    assert "/bookings" not in looks


@pytest.mark.parametrize(("count", "told"), [(4, False), (5, True)])
def test_the_mean_rating_is_told_only_of_several(desk: Desk, count: int, told: bool) -> None:
    ratings = RatingsView(count=count, mean=8.0)
    desk.watch.take_queue(Morning().state().model_copy(update={"ratings": ratings}))
    assert (view(desk.watch, "1", ENGLISH).ratings == ratings) is told
