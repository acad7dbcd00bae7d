"""What the screen is told of a unit that is being set up: a line of JSON each time it changes. No
code, password or PIN is in it. What people do at the screen comes back the same way."""

import tomllib
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

import texts
from appliance.setup import flow
from appliance.setup import inputs as i
from appliance.setup.model import Model, State
from config import VERSION
from config.devices import WindowSettings
from config.load import Problem
from messaging.messages import SelfTestReport
from texts.mistakes import message

LANGUAGES = ("lv", "en")
"""Of people at the screen, and of what is written on the card."""

MOST_HUBS = 3
"""So many fit beside what else is said; the card can name any."""

LONGEST_LINE = 64 * 1024
"""Bytes."""


class Mistake(BaseModel):
    """In the card file. `words`: what was expected, by language."""

    model_config = ConfigDict(frozen=True)

    line: int | None
    key: str
    words: dict[str, str]


class Told(BaseModel):
    """A view of Model; codes and words as there. `centre`: its name, by language."""

    model_config = ConfigDict(frozen=True)

    state: State
    language: str = "lv"
    role: str = ""
    unit: str = ""
    centre: dict[str, str] = {}
    has_file: bool = False
    worked_before: bool = False
    wifi: str = ""
    lack: str = ""
    address: str = ""
    hubs: tuple[tuple[str, str], ...] = ()
    hub: str = ""
    refused: str = ""
    damage: str = ""
    mistakes: tuple[Mistake, ...] = ()
    report: SelfTestReport | None = None
    version: str = VERSION
    signer: str = ""
    window: WindowSettings = WindowSettings()


class Done(BaseModel):
    """What somebody did at the screen; `value`: the code, or the address of the hub."""

    did: Literal["again", "go_on", "choose_hub", "give_code"]
    value: Annotated[str, Field(max_length=255)] = ""


def told(model: Model) -> Told:
    """What of it is for the screen."""
    card, found = model.card, model.found
    joined = model.kept.joined if model.kept else None
    role = flow.role_of(card, model.kept)
    unit = card.unit.id if card else ""
    return Told(
        state=model.state,
        language=card.unit.language if card else "lv",
        role=role,
        unit=joined.unit if joined and role != "hub" else unit,
        centre=_centre(card.settings.values if card else {}, joined.site_toml if joined else ""),
        has_file=bool(card or (found and found.problems)),
        worked_before=model.worked_before,
        wifi=card.network.wifi.name if card else "",
        lack=model.lack,
        address=model.address,
        hubs=tuple((each.address, each.name or each.host) for each in model.hubs[:MOST_HUBS]),
        hub=model.hub,
        refused=model.refused,
        damage=model.damage,
        mistakes=tuple(map(mistake, found.problems if found else ())),
        report=model.report,
        signer=found.signer if found else "",
        window=_window(card.settings.values if card else {}),
    )


def mistake(problem: Problem) -> Mistake:
    """In every language that the screen speaks."""
    words = {each: message(texts.language(each), problem.message) for each in LANGUAGES}
    return Mistake(line=problem.line, key=problem.key, words=words)


def said(line: bytes) -> i.Said:
    """What somebody did. Raises ValueError for anything else."""
    done = _DONE.validate_json(line)
    match done.did:
        case "again":
            return i.Again()
        case "go_on":
            return i.GoOn()
        case "choose_hub":
            return i.ChooseHub(done.value)
        case "give_code":
            return i.GiveCode(done.value)


_DONE = TypeAdapter(Done)


def _centre(tables: Mapping[str, Any], site_toml: str) -> dict[str, str]:
    site = tables.get("site") or tomllib.loads(site_toml).get("site", {})
    return dict(site.get("name", {}))


def _window(tables: Mapping[str, Any]) -> WindowSettings:
    """The kiosk's or the board's; checked with the card."""
    given = (tables.get(each, {}).get("window") for each in ("kiosk", "display"))
    return WindowSettings.model_validate(next(filter(None, given), {}))
