"""The centre's five programs over TLS, with the broker and the rights as they are on a hub."""

import http.client
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from config.settings import Settings
from firmware_bridge.frames import Button
from messaging.booking_code import qr_text
from rinda import screen
from rinda.centre_at_hand import CentreAtHand, Screens, demonstration_codes
from rinda.visit import PIN
from tests.parts import wait_until
from tests.secure import ROLES, SecureCentre

pytestmark = [pytest.mark.whole, pytest.mark.timeout(240)]


class SecureCentreAtHand(CentreAtHand):
    """The demonstration's, whose programs are led to another broker."""

    secure: SecureCentre

    def _prepare(self) -> None:
        super()._prepare()
        unit = self.folder / "unit.toml"
        broker = f'port = {self.secure.port}\ntls = "{self.secure.folder / "units"}"'
        text = unit.read_text().replace(f"port = {self.broker.port}", broker, 1)
        roles = [f'[[identity]]\nid = "{name}"\nrole = "{role}"\n' for name, role in ROLES.items()]
        unit.write_text("\n".join([text, *roles]))


@pytest.fixture
def centre(tmp_path: Path, demo_settings: Settings) -> Iterator[SecureCentreAtHand]:
    secure = SecureCentre(tmp_path / "secure", demo_settings)
    with screen.virtual_screen(1800, 1280) as display, secure.broker:
        made = SecureCentreAtHand(
            tmp_path / "demo",
            Screens(kiosk=(800, 1280), board=(1000, 600)),
            {**screen.DRAW_BY_SOFTWARE, "DISPLAY": display},
        )
        made.secure = secure
        with made:
            yield made


def sign_in_and_open(port: int) -> None:
    """As a clerk's browser does it."""
    origin = {"Origin": f"http://127.0.0.1:{port}"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    form = urlencode({"staff": "klientu-1", "counter": "1", "pin": PIN})
    connection.request("POST", "/sign-in", form, origin)
    answer = connection.getresponse()
    answer.read()
    cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
    order = '{"name": "open_counter", "body": {}}'
    connection.request("POST", "/command", order, {**origin, "Cookie": cookie})
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()


def is_fresh(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except OSError:
        return False


def test_a_visitor_is_served_by_programs_that_prove_who_they_are(
    centre: SecureCentreAtHand,
) -> None:
    def done() -> set[tuple[str, str]]:
        with sqlite3.connect(centre.folder / "queue.db") as reader:
            return set(reader.execute("select name, sender from event"))

    wait_until(lambda: is_fresh(centre.desk_port), 60)
    sign_in_and_open(centre.desk_port)

    def has_ticket() -> bool:
        centre.scanner.scan(qr_text("demo", demonstration_codes()[0]))
        return centre.printer.wait_for_ticket(3) is not None

    wait_until(has_ticket, 60)

    def is_called() -> bool:
        centre.controller.press(1, Button.NEXT)
        return ("ticket_called", "bridge") in done()

    wait_until(is_called, 60)
    wait_until(lambda: ("call_confirmed", "display") in done(), 60)
    assert {sender for _, sender in done()} >= {"kiosk", "desk", "bridge", "display"}
    assert centre.fallen() == []
    wires = [each.read_text() for each in (centre.folder / "logs").iterdir()]
    assert all(
        f"connected to the broker at 127.0.0.1:{centre.secure.port}" in each for each in wires
    )
    assert not any("may not do" in each for each in wires)
