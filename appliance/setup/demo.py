"""What a unit may tell while it is set up, one of each: for pictures and tests."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from appliance.card import card_of
from appliance.setup.model import State
from appliance.setup.told import Mistake, Told, mistake
from config.load import ConfigError, parse
from messaging.messages import Finding, SelfTestReport
from selftest.findings import bad, good, skipped

AT = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
CENTRE = {"lv": "Saulkrastu novada VPVKAC", "en": "Saulkrasti service centre"}
ADDRESS = "192.168.10.21"
HUBS = (("192.168.10.2", "Saulkrastu novada VPVKAC"), ("192.168.10.3", "Sējas pakalpojumu centrs"))

FILE = """[card]
role = "kiosks"
hub = "rinda saulkrasti"
code = "K7QM-2WDX"

[network]
address = "192.168.1.20"

[network.wifi]
name = "Saulkrasti-darbs"
pasword = "rindarinda"
"""
"""What somebody wrote in a hurry."""

WELL = (
    good("disk", "disk_good", free=24310),
    good("network", "network_good", interface="eth0", address=ADDRESS),
    good("broker", "broker_good", host="rinda-saulkrasti.local", port=8883, milliseconds=7),
    good("module", "module_good"),
    good("clock", "clock_by_module", time="2026-11-24 10:12", seconds=0),
    good("printer", "printer_ready"),
    good("scanner", "scanner_ready"),
    good("sound", "sound_ready"),
    skipped("touch", "needs_person"),
)
PRINTER = bad("printer", "printer_offline")
MODULE = bad("module", "module_silent", seconds=5)


def screens(language: str) -> Mapping[str, tuple[Told, str]]:
    """Name → what is told, and what was typed."""
    card = Told(
        state=State.NETWORK,
        language=language,
        role="kiosk",
        unit="kiosk-1",
        centre=CENTRE,
        has_file=True,
        address=ADDRESS,
        hub="rinda-saulkrasti.local",
        signer="Rinda",
    )
    new = Told(state=State.HUB, language=language, address=ADDRESS)

    def now(told: Told, state: State, **other: object) -> Told:
        return told.model_copy(update={"state": state, **other})

    def page(*findings: Finding) -> Told:
        report = SelfTestReport(unit="kiosk-1", name={}, version="", at=AT, findings=findings)
        return now(card, State.PAGE, report=report)

    found, wrong = (HUBS[0],), _wrong()
    return {
        "new": (now(new, State.NETWORK, address="", lack="no_cable"), ""),
        "found": (now(new, State.HUB, hubs=found), ""),
        "silent": (now(new, State.HUB, hubs=HUBS, refused="nobody_there"), ""),
        "code": (now(new, State.CODE, hub=HUBS[0][0]), "K7QM2"),
        "wrong-code": (now(new, State.CODE, refused="wrong_code"), ""),
        "mistakes": (now(card, State.MISTAKEN, mistakes=wrong), ""),
        "many-mistakes": (now(card, State.MISTAKEN, mistakes=wrong * 3), ""),
        "wifi": (now(card, State.NETWORK, wifi="Saulkrasti-darbs", lack="no_wifi"), ""),
        "which-hub": (now(card, State.HUB, hub="", hubs=HUBS), ""),
        "changed": (now(card, State.JOINING, worked_before=True), ""),
        "testing": (now(card, State.TESTING), ""),
        "well": (page(*WELL), ""),
        "amber": (page(*WELL[:3], MODULE, WELL[4], PRINTER, *WELL[6:]), ""),
        "untested": (now(card, State.PAGE, report=None), ""),
        "damaged": (now(card, State.DAMAGED, damage="memory"), ""),
        "slow-clock": (now(card, State.DAMAGED, damage="slow_clock", role="hub"), ""),
    }


def _wrong() -> tuple[Mistake, ...]:
    try:
        card_of(parse("rinda.toml", FILE, Path()))
    except ConfigError as error:
        return tuple(map(mistake, error.problems))
    return ()
