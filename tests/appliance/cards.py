"""Cards for tests."""

import shutil
from pathlib import Path

from appliance.card import Card, read_card
from tests.conftest import DEMO

HUB = '[card]\nrole = "hub"\n'
KIOSK = '[card]\nrole = "kiosk"\nunit = "kiosk-2"\nhub = "hub.lan"\n'
ENROL = '[[enrol]]\nunit = "kiosk-2"\nrole = "kiosk"\ncode = "K7QM-2WDX-4T9P"\nbridge = true\n'


def hub_text(*more: str, role: str = "hub") -> str:
    """The card of the demonstration centre's hub."""
    site = (DEMO / "site.toml").read_text()
    return "\n".join([site, HUB.replace("hub", role), *more])


def card(folder: Path, text: str) -> Card:
    """What is read from such a file; the centre's bookings lie beside it."""
    shutil.copy(DEMO / "bookings.toml", folder)
    file = folder / "rinda.toml"
    file.write_text(text)
    return read_card(file)
