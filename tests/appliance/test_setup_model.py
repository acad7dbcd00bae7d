"""Setup as a model: whatever happens, in whatever order, and however often the power is cut."""

import itertools
import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.card import Card, blank_card
from appliance.enrolment import Joined
from appliance.hubs import Hub
from appliance.setup import demo, flow
from appliance.setup import effects as e
from appliance.setup import inputs as i
from appliance.setup import model as m
from appliance.setup.effects import Effect
from appliance.setup.inputs import Input
from appliance.setup.model import Found, Kept, Model, State
from appliance.setup.pages import page_of
from appliance.tables import NetworkSettings
from config.load import Problem
from messaging.messages import SelfTestReport
from selftest.findings import bad, good
from texts import language
from texts.machines import DEVELOPMENT

CODE = "K7QM-2WDX-4T9P"
JOINED = Joined("kiosk-1", "kiosk", "", "")
AT = datetime(2026, 11, 24, tzinfo=UTC)
PROBLEM = Problem("rinda.toml", 3, "card.role", "is missing")
HUBS = (Hub("demo", "Demo", "rinda-demo.local", "192.168.1.2"),)


def report(*findings: Any) -> SelfTestReport:
    return SelfTestReport(unit="kiosk-1", name={}, version="", at=AT, findings=findings)


def card_of(role: Any, *, hub: str = "", code: str = "") -> Card:
    made = blank_card(role, "", hub)
    own = made.unit.model_copy(update={"code": code})
    return replace(made, unit=own, network=NetworkSettings())


CARDS = {
    "none": None,
    "wrong": None,
    "hub": card_of("hub"),
    "all-in-one": card_of("all-in-one"),
    "kiosk": card_of("kiosk", hub="hub.local", code=CODE),
    "found": card_of("kiosk", code=CODE),
    "asked": card_of("board"),
}


@dataclass
class World:
    """What is around a unit, and what is on its disk. `luck` decides what goes wrong; without any
    nothing does."""

    card: str
    luck: random.Random | None = None
    applied: str = ""
    kept: Kept | None = None
    network: str = "old"
    before: str = ""
    settings: str = ""
    told: bool = False
    started: bool = False
    seconds: float = 0.0
    seen: list[State] = field(default_factory=list)

    def unlucky(self) -> bool:
        return self.luck is not None and self.luck.random() < 0.2

    def do(self, effect: Effect) -> Input | None:
        """What comes of it, and what is on the disk then."""
        if isinstance(effect, e.Look | e.PutNetwork | e.Apply) and self.unlucky():
            return i.Failed("memory")
        match effect:
            case e.Look():
                problems = (PROBLEM,) if self.card == "wrong" else ()
                sums = m.NO_FILE if self.card == "none" else self.card
                return i.Looked(Found(CARDS[self.card], problems, sums, self.applied, self.kept))
            case e.PutNetwork():
                self.before, self.network = self.before or self.network, self.card
            case e.PutBack():
                self.network, self.before = self.before or self.network, ""
            case e.WatchNetwork():
                return i.NetworkIs("no_cable") if self.unlucky() else i.NetworkIs("", "10.0.0.5")
            case e.WatchClock():
                return i.ClockIs(not self.unlucky())
            case e.WatchHubs():
                return i.HubsAre(() if self.unlucky() else HUBS)
            case e.Join():
                if self.unlucky():
                    refusals = (*sorted(flow.TRY_LATER), "wrong_code", "code_used")
                    return i.Refused((self.luck or random).choice(refusals))
                return i.HasJoined(JOINED)
            case e.Apply(_, kept):
                self.kept = kept
                if self.unlucky():
                    return i.Contradicted((PROBLEM,))
                self.settings = self.card
                return i.Applied()
            case e.Test():
                return i.Tested(None if self.unlucky() else report(good("disk", "disk_good")))
            case e.Remember(sums):
                self.applied, self.before = sums, ""
            case e.Tell():
                self.told = True
            case e.Start():
                self.started = True
        return None

    def start(self, cut_after: int, somebody: bool = True) -> Model | None:
        """A start of the unit, whose power is cut after so many effects; None where it was. Stops
        also where the unit waits for a person or for another world."""
        count = itertools.count()
        model, effects = flow.begin(self.seconds)
        while True:
            answers: list[Input] = []
            for effect in effects:
                if next(count) == cut_after:
                    return None
                if came := self.do(effect):
                    answers.append(came)
            if model.state is State.DONE:
                return model
            given = answers[-1] if answers else self.person(model, somebody=somebody)
            if given is None:
                return model
            model, effects = flow.step(model, given)
            self.seen.append(model.state)

    def person(self, model: Model, *, somebody: bool) -> Input | None:
        """What somebody would do at this screen; else time passes."""
        self.seconds += 5
        if somebody:
            match model.state:
                case State.HUB if model.card is None:
                    return i.ChooseHub(HUBS[0].address)
                case State.CODE:
                    return i.GiveCode(CODE)
        if model.state in {State.MISTAKEN, State.DAMAGED}:
            return None
        if self.seconds - model.since > 2 * m.AMBER_SECONDS:
            return None
        if model.state is State.NETWORK and self.luck is None:
            return i.NetworkIs("", "10.0.0.5")
        if model.state is State.HUB and not model.hubs:
            return i.HubsAre(HUBS)
        return i.Tick(self.seconds)


@pytest.mark.parametrize("card", sorted(set(CARDS) - {"wrong"}))
def test_every_good_card_ends_at_work(card: str) -> None:
    world = World(card)
    assert world.start(-1) is not None
    assert (world.applied, world.settings) == (m.NO_FILE if card == "none" else card, card)
    assert world.started
    assert not world.told
    again = World(card, applied=world.applied, kept=world.kept)
    again.start(-1)
    assert again.seen == [State.DONE]


def test_a_hub_joins_nobody_and_a_unit_does_before_it_has_settings() -> None:
    hub, kiosk = World("hub"), World("kiosk")
    for each in (hub, kiosk):
        each.start(-1)
    assert State.JOINING not in hub.seen
    assert kiosk.seen.index(State.JOINING) < kiosk.seen.index(State.APPLYING)
    assert kiosk.kept == Kept(JOINED, flow.digest_of(CODE))


def test_a_wrong_card_changes_nothing() -> None:
    new, working = World("wrong"), World("wrong", applied="kiosk", settings="kiosk")
    for each in (new, working):
        model = each.start(-1)
        assert model
        assert (each.network, each.told, each.started) == ("old", True, False)
    assert new.seen == [State.MISTAKEN]
    assert working.seen == [State.DONE]


def test_a_card_that_was_taken_off_leaves_all_as_it_is() -> None:
    world = World("none", applied="kiosk", settings="kiosk")
    world.start(-1)
    assert (world.seen, world.told) == ([State.DONE], False)


@pytest.mark.parametrize("joins", [True, False])
def test_who_has_joined_joins_again_only_with_another_code_or_role(joins: bool) -> None:
    kept = Kept(JOINED, flow.digest_of("another" if joins else CODE))
    world = World("kiosk", applied="before", kept=kept)
    world.start(-1)
    assert (State.JOINING in world.seen) is joins
    moved = World("asked", applied="before", kept=kept)
    moved.start(-1)
    assert {State.CODE, State.JOINING} <= set(moved.seen)


def test_what_does_not_work_any_more_leaves_the_unit_as_it_was() -> None:
    """A hub that is gone, a Wi-Fi that is not there: after three minutes the last good holds."""

    class Alone(World):
        def do(self, effect: Effect) -> Input | None:
            return i.Refused("nobody_there") if isinstance(effect, e.Join) else super().do(effect)

    world = Alone("kiosk", applied="before", settings="before", network="before")
    model = world.start(-1)
    assert model
    assert model.state is State.DONE
    assert world.seconds <= flow.GIVE_UP_SECONDS + 2 * flow.RETRY_SECONDS
    assert (world.settings, world.network, world.applied) == ("before", "before", "before")
    assert world.told


def test_a_person_may_leave_it_as_it_was_but_only_where_there_is_such() -> None:
    for applied, state in (("before", State.DONE), ("", State.NETWORK)):
        found = Found(CARDS["kiosk"], (), "kiosk", applied, None)
        model, _ = flow.step(flow.begin(0)[0], i.Looked(found))
        assert flow.step(model, i.GoOn())[0].state is state


def test_a_hub_without_a_network_is_set_up_too() -> None:
    model, _ = flow.step(flow.begin(0)[0], i.Looked(Found(CARDS["hub"], (), "hub", "", None)))
    model, _ = flow.step(model, i.NetworkIs("no_cable"))
    assert model.state is State.NETWORK
    model, _ = flow.step(model, i.Tick(flow.ALONE_SECONDS))
    assert model.state is State.CLOCK


def test_the_page_stays_for_who_looks_and_longer_where_something_is_bad() -> None:
    page = Model(0, 0, 0, State.PAGE, report=report(good("disk", "disk_good")))
    assert page.ends_at == m.UNSEEN_SECONDS
    page, _ = flow.step(page, i.Watched(there=True))
    assert page.ends_at == m.PAGE_SECONDS
    amber = replace(page, report=report(bad("disk", "disk_full")))
    assert amber.ends_at == replace(page, report=None).ends_at == m.AMBER_SECONDS
    assert flow.step(amber, i.Again())[0].state is State.TESTING


def test_what_was_refused_is_asked_for_anew() -> None:
    model, effects = flow.step(
        Model(0, 0, 0, State.JOINING, hub="hub", code=CODE), i.Refused("wrong_code")
    )
    assert (model.state, model.code, model.refused) == (State.CODE, "", "wrong_code")
    model, effects = flow.step(model, i.GiveCode("AAAA"))
    assert effects == (e.Join("hub", "AAAA", None),)


@settings(max_examples=300, deadline=None)
@given(
    card=st.sampled_from(sorted(CARDS)),
    before=st.sampled_from(["", "kiosk", "hub"]),
    cuts=st.lists(st.integers(0, 14), max_size=5),
    seed=st.integers(0, 2**32),
)
def test_however_often_it_fails_and_the_power_is_cut_the_next_start_goes_on(
    card: str, before: str, cuts: list[int], seed: int
) -> None:
    kept = Kept(JOINED, flow.digest_of(CODE)) if before == "kiosk" else None
    world = World(card, random.Random(seed), before, kept, settings=before)
    for cut in cuts:
        world.start(cut)
        assert world.applied in {before, m.NO_FILE if card == "none" else card}
        assert world.applied == before or world.settings == card
    world.luck = None
    model = world.start(-1)
    assert model
    if card == "wrong":
        assert model.state is (State.DONE if before else State.MISTAKEN)
        assert world.applied == before
        return
    assert model.state is State.DONE
    if card != "none" or not before:
        assert world.applied == (m.NO_FILE if card == "none" else card)
        assert not world.before


INPUTS: tuple[Input, ...] = (
    i.Tick(1e6),
    i.Watched(there=True),
    *(
        i.Looked(Found(card, (PROBLEM,) if name == "wrong" else (), name, applied, None))
        for name, card in CARDS.items()
        for applied in ("", "before")
    ),
    i.Failed("memory"),
    i.NetworkIs("no_cable"),
    i.NetworkIs("", "10.0.0.5"),
    i.ClockIs(right=True),
    i.HubsAre(HUBS),
    i.HubsAre(()),
    i.HasJoined(JOINED),
    i.Refused("nobody_there"),
    i.Refused("wrong_code"),
    i.Applied(),
    i.Contradicted((PROBLEM,)),
    i.Tested(None),
    i.ChooseHub("10.0.0.1"),
    i.GiveCode(CODE),
    i.Again(),
    i.GoOn(),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(INPUTS), max_size=30))
def test_no_input_is_too_early_and_what_is_done_fits_the_state(inputs: list[Input]) -> None:
    model, _ = flow.begin(0)
    for each in inputs:
        before = model
        model, effects = flow.step(model, each)
        if before.state is State.DONE:
            assert (model.state, effects) == (State.DONE, ())
        if any(isinstance(effect, e.Apply) for effect in effects):
            assert model.card or model.kept
        if any(isinstance(effect, e.Remember) for effect in effects):
            assert before.state is State.PAGE


@pytest.mark.parametrize(
    ("signer", "said"),
    [
        ("Rinda", "Rinda 0.1.0 · updates by Rinda"),
        (DEVELOPMENT, "Rinda 0.1.0 · key for the workshop only"),
        ("", "Rinda 0.1.0"),
    ],
)
def test_the_page_says_whose_updates_the_card_takes(signer: str, said: str) -> None:
    well, _ = demo.screens("en")["well"]
    page = page_of(well.model_copy(update={"signer": signer, "version": "0.1.0"}), language("en"))
    assert page.items[1].detail == said
