"""The bridge to the unit's microcontroller: call buttons, lamps, number displays, contacts."""

import asyncio
import secrets
import signal

from config import VERSION
from config.settings import Settings
from drivers.supervisor import Supervisor
from firmware_bridge.app import BridgeApp, Parts
from firmware_bridge.bridge import Bridge
from firmware_bridge.flash import image
from firmware_bridge.link import Link as SerialLink
from firmware_bridge.update import Update
from messaging.link import Link, Unit
from messaging.messages import Role, UnitStatus
from messaging.topics import Topics


def main(settings: Settings, supervisor: Supervisor) -> int:
    """Serve until SIGTERM or SIGINT; returns the exit status."""
    return asyncio.run(_serve(settings, supervisor))


async def _serve(settings: Settings, supervisor: Supervisor) -> int:
    loop, bridge = asyncio.get_running_loop(), settings.bridge
    status = UnitStatus(
        unit=bridge.id,
        role=Role.BRIDGE,
        version=VERSION,
        online=True,
        name=settings.unit.name,
    )
    app = BridgeApp(
        Parts(
            link=Link(
                settings.broker, Topics(settings.site.id), Unit(status), loop.call_soon_threadsafe
            ),
            serial=SerialLink(0, first_session=1 + secrets.randbelow(0xFFFF)),
            bridge=Bridge(bridge.counters, bridge.kiosk),
            update=Update(image(), wanted=bridge.updates),
            supervisor=supervisor,
            status=status,
            kiosk=bridge.kiosk,
            hot_celsius=bridge.hot_celsius,
            port=bridge.port,
            baud=bridge.baud,
        )
    )
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, app.stop)
    await app.run()
    return 0
