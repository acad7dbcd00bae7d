"""The centre's five programs over TLS, with the broker and the rights as they are on a hub."""

import http.client
import sqlite3
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
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
        text = text.replace("[desk]", f'[desk]\ntls = "{self.secure.folder / "units"}"')
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


@dataclass(frozen=True)
class Browser:
    """A clerk's, which trusts the page's certificate and nothing else."""

    port: int
    certificate: Path

    def sign_in_and_open(self) -> None:
        """The PIN, and the counter takes visitors."""
        form = urlencode({"staff": "klientu-1", "counter": "1", "pin": PIN})
        cookie = self._post("/sign-in", form).getheader("Set-Cookie") or ""
        assert {"Secure", "HttpOnly", "SameSite=strict"} <= set(cookie.split("; "))
        order = '{"name": "open_counter", "body": {}}'
        assert self._post("/command", order, cookie.partition(";")[0]).status == 200

    def is_fresh(self) -> bool:
        """Whether the page answers, and has the module's news."""
        connection = self._connect()
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        except ConnectionError:
            return False

    def _post(self, path: str, body: str, cookie: str = "") -> http.client.HTTPResponse:
        connection = self._connect()
        kind = "application/json" if path == "/command" else "application/x-www-form-urlencoded"
        origin = f"https://127.0.0.1:{self.port}"
        headers = {"Origin": origin, "Cookie": cookie, "Content-Type": kind}
        connection.request("POST", path, body, headers)
        return connection.getresponse()

    def _connect(self) -> http.client.HTTPSConnection:
        trusted = ssl.create_default_context(cafile=self.certificate)
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=10, context=trusted)


def test_a_visitor_is_served_by_programs_that_prove_who_they_are(
    centre: SecureCentreAtHand,
) -> None:
    def done() -> set[tuple[str, str]]:
        with sqlite3.connect(centre.folder / "queue.db") as reader:
            return set(reader.execute("select name, sender from event"))

    browser = Browser(centre.desk_port, centre.secure.folder / "units" / "page.pem")
    wait_until(browser.is_fresh, 60)
    browser.sign_in_and_open()

    def has_ticket() -> bool:
        centre.scanner.scan(qr_text("demo", demonstration_codes()[0]))
        return centre.printer.wait_for_ticket(3) is not None

    wait_until(has_ticket, 60)

    def is_called() -> bool:
        centre.controller.press(1, Button.NEXT)
        return ("ticket_called", "bridge") in done()

    wait_until(is_called, 60)
    wait_until(lambda: ("call_confirmed", "display") in done(), 60)
    units = {sender.partition(":")[0] for _, sender in done()}
    assert units >= {"kiosk", "desk", "bridge", "display"}
    assert centre.fallen() == []
    wires = [each.read_text() for each in (centre.folder / "logs").iterdir()]
    assert all(
        f"connected to the broker at 127.0.0.1:{centre.secure.port}" in each for each in wires
    )
    assert not any("may not do" in each for each in wires)
