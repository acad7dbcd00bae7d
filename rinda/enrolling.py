"""`rinda enrol`, `revoke`, `renew`, `page`: who belongs to a centre, from the command line."""

import argparse
import asyncio
import os
import socket
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from appliance.codes import ASKED, Codes
from appliance.enrolment import EnrolmentError, Refusal, RefusedError
from appliance.enrolment_service import EnrolmentService
from appliance.identities import Hub, Places, page
from appliance.joining import join_hub
from config.settings import Settings
from drivers.supervisor import SystemdSupervisor
from messaging.enrolling import SOCKET, Ask, Enrolling, EnrollingError

FIRST_INHERITED = 3
"""The descriptor of the socket that systemd hands over (sd_listen_fds)."""

LOOK_SECONDS = 1.0


def done(parsed: argparse.Namespace, settings: Callable[[], Settings]) -> str:
    """Do what is asked; the sentence about it. Raises EnrolmentError, ConfigError."""
    places = Places(parsed.authority, parsed.broker, parsed.site, parsed.unit)
    match parsed.command:
        case "page":
            return page(settings(), parsed.names)
        case "renew":
            return Hub(settings(), places, begin=False).renew()
        case "revoke":
            return Hub(settings(), places, begin=False).revoke(parsed.names)
    if parsed.join is not None:
        return join_hub(settings(), parsed.join or input("Code: "), parsed.port)
    if parsed.here:
        return Hub(settings(), places).enrol_here(parsed.names)
    service = EnrolmentService(
        lambda: Hub(settings(), places),
        lambda: Codes(places.codes, datetime.now(UTC)),
        SystemdSupervisor(),
        parsed.port,
    )
    if parsed.serve:
        asyncio.run(service.run(_handed_over()))
        return ""
    return asyncio.run(enrol(service, parsed.names, parsed.role, print))


async def enrol(
    service: EnrolmentService,
    names: Sequence[str],
    role: str,
    say: Callable[[str], None],
    at: Path = SOCKET,
) -> str:
    """Wait for a unit with the code that is said now: at the service that is there, or here."""
    if not names:
        raise EnrolmentError("Say which units.")
    if at.exists():
        return await _admitted(Enrolling(at), Ask(names, role), say)
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listening:
        own = Path(folder, SOCKET.name)
        listening.bind(str(own))
        listening.listen()
        serving = asyncio.create_task(service.run(listening))
        try:
            asking = asyncio.create_task(_admitted(Enrolling(own), Ask(names, role), say))
            await asyncio.wait({asking, serving}, return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                asking.cancel()
                await serving  # it says why
            return await asking
        finally:
            serving.cancel()
            with suppress(asyncio.CancelledError, EnrolmentError):
                await serving


def _handed_over() -> socket.socket:
    if os.environ.get("LISTEN_FDS") != "1":
        raise EnrolmentError("queue-enrolment.socket starts this.")
    return socket.socket(fileno=FIRST_INHERITED)


async def _admitted(hub: Enrolling, ask: Ask, say: Callable[[str], None]) -> str:
    try:
        code = (await hub.order(ask)).code
        say(f"On the unit: sudo rinda enrol --join {code}")
        say(f"It can be used once, within {ASKED.seconds // 60} minutes; Ctrl-C ends the waiting.")
        unit = ask.names[0]
        while awaited := [each for each in await hub.open() if each.unit == unit]:
            if any(each.joined for each in awaited):
                return f"{', '.join(ask.names)}: enrolled."
            await asyncio.sleep(LOOK_SECONDS)
    except EnrollingError as error:
        raise RefusedError(Refusal(error.refusal)) from None
    raise EnrolmentError("Nobody came: the code is no longer good.")
