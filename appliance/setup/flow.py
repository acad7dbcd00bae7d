"""From the first power-on to the green page, pure: `step(model, given)` → the next model and what
is to be done. Everything that may happen stands in one table at the end; what is not in it changes
nothing.

What is done goes in order and is given up when something else is to be done: a power cut anywhere
leaves a unit that begins again at `LOOKING` and gets as far as before.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from appliance.card import Card
from appliance.setup import effects as e
from appliance.setup import inputs as i
from appliance.setup.effects import Effect
from appliance.setup.inputs import Input
from appliance.setup.model import NO_FILE, Kept, Model, State

CLOCK_SECONDS = 60.0
"""So long it waits for the time from the network; the self-test says what came of it."""

ALONE_SECONDS = 30.0
"""So long a hub waits for a network."""

GIVE_UP_SECONDS = 180.0
"""So long a unit that has worked before tries what its card says now; then it works as before."""

RETRY_SECONDS = 10.0
"""After a hub that did not answer, it is asked again so much later."""


TRYING = (State.NETWORK, State.CLOCK, State.HUB, State.CODE, State.JOINING)
"""Nothing was changed for good yet."""

TRY_LATER = frozenset({"nobody_there", "nobody_awaited", "hub_fails"})
"""Refusals that another code would not change."""

Step = tuple[Model, tuple[Effect, ...]]


def begin(seconds: float) -> Step:
    """The unit as it starts."""
    return Model(seconds, seconds, seconds), (e.Look(),)


def step(model: Model, given: Input) -> Step:
    """The next model, and what is to be done now."""
    match given:
        case i.Tick(seconds):
            model = replace(model, seconds=seconds)
        case i.Watched(there):
            model = replace(model, watched=there)
        case i.ChooseHub() | i.GiveCode() | i.Again() | i.GoOn():
            model = replace(model, began=model.seconds)
    act = _STEPS.get((model.state, type(given)))
    return act(model, given) if act else (model, ())


def digest_of(code: str) -> str:
    """By which a code is known again."""
    return hashlib.sha256(code.encode()).hexdigest()


def role_of(card: Card | None, kept: Kept | None) -> str:
    """Of the unit; "" while nobody has said it."""
    if card:
        return card.unit.role
    return kept.joined.role if kept else ""


# Steps. ---------------------------------------------------------------------------------------


def _to(model: Model, state: State, *effects: Effect) -> Step:
    return replace(model, state=state, since=model.seconds), effects


def _looked(model: Model, given: i.Looked) -> Step:
    found = given.found
    model = replace(model, found=found, kept=found.kept, refused="", began=model.seconds)
    if found.problems:
        return _mistaken(model)
    unchanged = found.card is None or found.sums == found.applied
    if model.worked_before and unchanged:
        return _to(model, State.DONE)
    card = found.card
    model = replace(model, hub=card.unit.hub if card else "", code=card.unit.code if card else "")
    if card is None:
        return _to(model, State.NETWORK, e.OpenScreen(), e.WatchNetwork(wifi=False, address=""))
    own = card.network.address.partition("/")[0]
    watch = e.WatchNetwork(wifi=bool(card.network.wifi.name), address=own)
    return _to(model, State.NETWORK, e.OpenScreen(), e.PutNetwork(card), watch)


def _mistaken(model: Model, *first: Effect) -> Step:
    if model.worked_before:
        begun = (e.Start(),) if first else ()  # the screen, and with it the programs, waited for us
        return _to(model, State.DONE, *first, e.Tell(""), *begun)
    return _to(model, State.MISTAKEN, e.OpenScreen(), e.Tell(""))


def _contradicted(model: Model, given: i.Contradicted) -> Step:
    found = replace(model.found, problems=given.problems) if model.found else None
    return _mistaken(replace(model, found=found), e.PutBack())


def _damaged(model: Model, given: i.Failed) -> Step:
    return _to(replace(model, damage=given.damage), State.DAMAGED, e.OpenScreen())


def _not_applied(model: Model, given: i.Failed) -> Step:
    return _as_before(model, given) if model.worked_before else _damaged(model, given)


def _look_again(model: Model, _: Input) -> Step:
    return _to(replace(model, damage=""), State.LOOKING, e.Look())


def _network(model: Model, given: i.NetworkIs) -> Step:
    model = replace(model, lack=given.lack, address=given.address)
    return (model, ()) if given.lack else _to(model, State.CLOCK, e.WatchClock())


def _network_waits(model: Model, given: i.Tick) -> Step:
    """A hub may be all that there is."""
    if model.card and model.card.unit.is_hub and model.seconds - model.since >= ALONE_SECONDS:
        return _to(model, State.CLOCK, e.WatchClock())
    return _patience(model, given)


def _clock(model: Model, given: i.ClockIs) -> Step:
    return _after_clock(model) if given.right else (model, ())


def _clock_waits(model: Model, given: i.Tick) -> Step:
    if model.seconds - model.since >= CLOCK_SECONDS:
        return _after_clock(model)
    return _patience(model, given)


def _after_clock(model: Model) -> Step:
    if not _must_join(model):
        return _apply(model)
    return _joined_by(replace(model, hubs=()))


def _must_join(model: Model) -> bool:
    card, kept = model.card, model.kept
    if card is None or kept is None:
        return kept is None and not (card and card.unit.is_hub)
    moved = card.unit.unit not in {"", kept.joined.unit} or card.unit.role != kept.joined.role
    fresh = bool(card.unit.code) and digest_of(card.unit.code) != kept.code
    return not card.unit.is_hub and (moved or fresh)


def _joined_by(model: Model) -> Step:
    """A hub, then its code, then both."""
    if not model.hub:
        return _to(model, State.HUB, e.WatchHubs())
    if not model.code:
        return _to(model, State.CODE)
    return _to(model, State.JOINING, e.Join(model.hub, model.code, model.card))


def _hubs(model: Model, given: i.HubsAre) -> Step:
    return replace(model, hubs=given.hubs), ()


def _hub_waits(model: Model, given: i.Tick) -> Step:
    """The one that the card names, or the only one, where the card says that there is one."""
    only = model.hubs[0].address if model.card and len(model.hubs) == 1 else ""
    hub = model.hub or only
    wait = RETRY_SECONDS if model.refused else 0.0
    if hub and model.seconds - model.since >= wait:
        return _joined_by(replace(model, hub=hub))
    return _patience(model, given)


def _choose(model: Model, given: i.ChooseHub) -> Step:
    """What was refused is asked for anew."""
    code = "" if model.refused else model.code
    return _joined_by(replace(model, hub=given.hub, code=code, refused=""))


def _code(model: Model, given: i.GiveCode) -> Step:
    return _joined_by(replace(model, code=given.code, refused=""))


def _refused(model: Model, given: i.Refused) -> Step:
    if given.why in TRY_LATER:
        return _seek(replace(model, refused=given.why))
    return _to(replace(model, code="", refused=given.why), State.CODE)


def _seek(model: Model) -> Step:
    """A hub that was found may have another address by now."""
    own = model.card.unit.hub if model.card else ""
    return _to(replace(model, hub=own), State.HUB, e.WatchHubs())


def _another_hub(model: Model, _: Input) -> Step:
    return _seek(replace(model, refused=""))


def _joined(model: Model, given: i.HasJoined) -> Step:
    return _apply(replace(model, kept=Kept(given.joined, digest_of(model.code)), refused=""))


def _apply(model: Model) -> Step:
    return _to(model, State.APPLYING, e.Apply(model.card, model.kept))


def _test(model: Model, _: Input) -> Step:
    return _to(replace(model, report=None), State.TESTING, e.Test(role_of(model.card, model.kept)))


def _tested(model: Model, given: i.Tested) -> Step:
    return _to(replace(model, report=given.report), State.PAGE)


def _page_waits(model: Model, given: i.Tick) -> Step:
    return _finish(model, given) if model.seconds >= model.ends_at else (model, ())


def _finish(model: Model, _: Input) -> Step:
    sums = model.found.sums if model.found else NO_FILE
    return _to(model, State.DONE, e.Remember(sums), e.Start())


def _patience(model: Model, given: i.Tick) -> Step:
    if model.seconds - model.began >= GIVE_UP_SECONDS:
        return _as_before(model, given)
    return model, ()


def _as_before(model: Model, given: Input) -> Step:
    if not model.worked_before:
        return model, ()
    damage = given.damage if isinstance(given, i.Failed) else ""
    why = damage or model.refused or model.lack or "nobody_there"
    return _to(model, State.DONE, e.PutBack(), e.Tell(why), e.Start())


_STEPS: Mapping[tuple[State, type[Input]], Callable[[Model, Any], Step]] = {
    (State.LOOKING, i.Looked): _looked,
    (State.LOOKING, i.Failed): _damaged,
    (State.DAMAGED, i.Again): _look_again,
    (State.NETWORK, i.NetworkIs): _network,
    (State.NETWORK, i.Failed): _not_applied,
    (State.NETWORK, i.Tick): _network_waits,
    (State.CLOCK, i.ClockIs): _clock,
    (State.CLOCK, i.Tick): _clock_waits,
    (State.HUB, i.HubsAre): _hubs,
    (State.HUB, i.ChooseHub): _choose,
    (State.HUB, i.Tick): _hub_waits,
    (State.CODE, i.GiveCode): _code,
    (State.CODE, i.Again): _another_hub,
    (State.CODE, i.Tick): _patience,
    (State.JOINING, i.HasJoined): _joined,
    (State.JOINING, i.Refused): _refused,
    (State.JOINING, i.ChooseHub): _choose,
    **{(each, i.GoOn): _as_before for each in TRYING},
    (State.APPLYING, i.Applied): _test,
    (State.APPLYING, i.Contradicted): _contradicted,
    (State.APPLYING, i.Failed): _not_applied,
    (State.TESTING, i.Tested): _tested,
    (State.PAGE, i.Again): _test,
    (State.PAGE, i.GoOn): _finish,
    (State.PAGE, i.Tick): _page_waits,
}
