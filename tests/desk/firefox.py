"""Debian's Firefox, driven by WebDriver BiDi (https://www.w3.org/TR/webdriver-bidi/)."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.parts import wait_until

FIREFOX = "/usr/bin/firefox-esr"
LISTENS = "WebDriver BiDi listening on "
ENTER, DOWN = "\ue007", "\ue015"
QUIET = """
user_pref("app.normandy.enabled", false);
user_pref("app.update.enabled", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.safebrowsing.downloads.remote.enabled", false);
user_pref("browser.safebrowsing.malware.enabled", false);
user_pref("browser.safebrowsing.phishing.enabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("services.settings.server", "data:,");
user_pref("toolkit.telemetry.unified", false);
"""
"""It asks nobody but the desk."""


class BidiError(Exception):
    """The browser refused a command."""


class Firefox:
    """One tab."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._sent = 0
        self._ask("session.new", capabilities={})
        # In the tab of the start the address line has the focus: Enter would press no button.
        self._tab = self._ask("browsingContext.create", type="tab")["context"]

    def open(self, address: str) -> None:
        """Load a page, wholly."""
        self._ask("browsingContext.navigate", context=self._tab, url=address, wait="complete")

    def press(self, *keys: str) -> None:
        """Keys one after another."""
        for key in keys:
            strokes = [{"type": kind, "value": key} for kind in ("keyDown", "keyUp")]
            actions = [{"type": "key", "id": "keyboard", "actions": strokes}]
            self._ask("input.performActions", context=self._tab, actions=actions)

    def until(self, expression: str, seconds: float = 20.0) -> None:
        """Wait for an expression of the page to be true; a page on its way has none."""
        wait_until(lambda: self._is(expression), seconds)

    def _is(self, expression: str) -> bool:
        target = {"context": self._tab}
        try:
            answer = self._ask(
                "script.evaluate", expression=f"!!({expression})", target=target, awaitPromise=False
            )
        except BidiError:
            return False
        return bool(answer.get("result", {}).get("value"))

    def _ask(self, method: str, **params: object) -> dict[str, Any]:
        self._sent += 1
        self._connection.send(json.dumps({"id": self._sent, "method": method, "params": params}))
        while True:
            answer = json.loads(self._connection.recv(timeout=30))
            if answer.get("id") == self._sent:
                break
        if answer["type"] == "error":
            raise BidiError(answer["message"])
        result: dict[str, Any] = answer["result"]
        return result


@contextmanager
def firefox(profile: Path) -> Iterator[Firefox]:
    """A browser of its own; `profile` is an empty folder."""
    (profile / "user.js").write_text(QUIET)
    command = [FIREFOX, "--headless", "--no-remote", "--profile", str(profile)]
    command += ["--remote-debugging-port", "0", "about:blank"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        line = next(each for each in process.stderr if each.startswith(LISTENS))
        address = line.removeprefix(LISTENS).strip()
        try:
            with connect(f"{address}/session", max_size=None) as connection:
                yield Firefox(connection)
        finally:
            process.terminate()
