"""What the tables of a card say of each other."""

from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_interface
from typing import Any

from pydantic import BaseModel

from appliance.tables import (
    KIOSKS,
    CardFile,
    CardSettings,
    EnrolSettings,
    HubCard,
    NetworkSettings,
    UnitCard,
)
from config.check import KEPT_NAMES
from config.check import contradictions as of_settings
from config.lines import Path
from config.phrase import Phrase, phrase
from config.settings import Settings

PROGRAMS = frozenset({"module", "desk", "consultations", "visitor-page"})
"""MQTT identities of a hub's programs."""

BY_CARD = frozenset({"unit", "broker"})
"""Tables that follow from `[card]`."""

Mistakes = Iterator[tuple[Path, Phrase]]


def misplaced(values: Mapping[str, Any], model: type[BaseModel]) -> Iterator[tuple[str, Phrase]]:
    """Tables that are none of this card's, though there are such tables."""
    for table in values:
        if table in BY_CARD:
            yield table, phrase("follows from [card]: take it away")
        elif table not in model.model_fields and table in {
            **Settings.model_fields,
            **CardFile.model_fields,
        }:
            yield table, phrase("belongs on the hub's card")


def contradictions(given: HubCard | UnitCard) -> Iterator[tuple[Path, str]]:
    """Key path and message of each contradiction."""
    if isinstance(given, HubCard):
        yield from of_settings(given)
        yield from _of_hub(given)
    yield from _of_unit(given.card)
    yield from _of_network(given.network)


def _of_hub(given: HubCard) -> Mistakes:
    for key in ("hub", "code"):
        if getattr(given.card, key):
            yield ("card", key), phrase("is for units that join a hub, and this is the hub")
    known = {given.card.id, *(each.id for each in given.identity)}
    codes: set[str] = set()
    for position, each in enumerate(given.enrol):
        for key, words in _of_enrolled(each, known, codes):
            yield ("enrol", position, key), words
        known.add(each.unit)
        codes.add(each.code)


def _of_enrolled(
    given: EnrolSettings, known: set[str], codes: set[str]
) -> Iterator[tuple[str, Phrase]]:
    if given.unit in known:
        yield "unit", phrase("{name} is used twice", name=repr(given.unit))
    if _is_kept(given.unit):
        yield "unit", phrase("{name} is kept for Rinda itself", name=repr(given.unit))
    if not given.code:
        yield "code", phrase("is missing")
    elif given.code in codes:
        yield "code", phrase("is used twice")


def _of_unit(given: CardSettings) -> Mistakes:
    if _is_kept(given.id):
        yield ("card", "unit"), phrase("{name} is kept for Rinda itself", name=repr(given.id))
    if given.pin and given.role not in KIOSKS:
        yield ("card", "pin"), phrase("is for a kiosk")


def _of_network(given: NetworkSettings) -> Mistakes:
    if given.wifi.password and not given.wifi.name:
        yield ("network", "wifi", "name"), phrase("is missing")
    if given.gateway and not given.address:
        yield ("network", "address"), phrase("is missing: there is a gateway")
    elif given.gateway:
        gateway, network = ip_address(given.gateway), ip_interface(given.address).network
        if gateway not in network:
            words = phrase("is not in the network {network}", network=network)
            yield ("network", "gateway"), words


def _is_kept(name: str) -> bool:
    return name in KEPT_NAMES | PROGRAMS or name.endswith(("-self-test", "-machine", "-bridge"))
