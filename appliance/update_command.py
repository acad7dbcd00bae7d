"""`rinda update` and `rinda health`: what a technician says, and what the unit's services do."""

import argparse
import logging
import socket
from datetime import UTC, tzinfo
from pathlib import Path

from appliance.fetching import Hub, fetch
from appliance.health import Health, is_up
from appliance.rauc import Rauc, UpdateError
from appliance.update_files import Order, Places
from appliance.updates import Bundle, Reason, State, ordered
from appliance.updating import Updater, now_utc, restart
from config.load import ConfigError, load_settings
from config.settings import Settings
from messaging.credentials import AUTHORITY, KEY, certificate_file, machine_of, tls_context
from queue_core.centre import Hours

PATIENCE_SECONDS = 5.0
BROKER = Path("/etc/mosquitto/rinda")

_log = logging.getLogger(__name__)


def update(parsed: argparse.Namespace) -> int:
    """Returns the exit status."""
    places, settings = Places(), _settings(parsed.site, parsed.unit)
    updater = Updater(places, Rauc(), *_hours(settings), now_utc, restart)
    order = Order(
        bundle="",
        now=parsed.now,
        downgrade=parsed.downgrade,
        again=parsed.again,
        last=places.is_hub,
    )
    try:
        if parsed.offer:
            return _offer(updater)
        if parsed.fetch:
            updater.wake()
            return _fetch(updater, settings)
        if parsed.stick:
            take_from(parsed.stick, updater, order)
        elif parsed.bundle.startswith(("https:", "http:")):
            _stream(updater, parsed.bundle, order)
        else:
            if parsed.bundle:
                updater.take(Path(parsed.bundle), order)
            updater.go_on()
    except UpdateError as error:
        return _said(places, error)
    except OSError as error:
        _log.error("%s", error)
        return 1
    return 0


def health(parsed: argparse.Namespace) -> int:
    """Returns 0 where the running version stays."""
    places, settings = Places(), _settings(parsed.site, parsed.unit)
    asked = Health(places, Rauc(), is_up, lambda: _hears_hub(settings), restart)
    return 0 if asked.look() else 1


def take_from(folder: Path, updater: Updater, order: Order) -> None:
    """What a stick has: the newest bundle, and files whose names say how it is meant. Raises
    UpdateError."""
    found = [_looked_at(updater, each) for each in sorted(folder.glob("rinda-*.raucb"))[:20]]
    bundles = [each for each in found if each]
    if not bundles:
        if found:
            raise UpdateError(Reason.UNTRUSTED, "no bundle of the stick is one")
        return
    words = {each.stem.lower() for each in folder.glob("rinda-*") if each.suffix != ".raucb"}
    said = {name: True for name in ("now", "downgrade", "again") if f"rinda-{name}" in words}
    meant = order.model_copy(update=said)
    file, bundle = max(bundles, key=lambda each: ordered(each[1].version))
    _log.info("%s has %s", file.name, bundle.version)
    updater.take(file, meant)


def _looked_at(updater: Updater, file: Path) -> tuple[Path, Bundle] | None:
    try:
        return file, updater.slots.look_at(str(file))
    except UpdateError as error:
        _log.warning("%s: %s", file.name, error)
        return None


def _stream(updater: Updater, address: str, order: Order) -> None:
    if not (order.now or updater.may_begin):
        raise UpdateError(Reason.CENTRE_OPEN, "say --now if nobody is served")
    bundle = updater.look_at(address, order)
    updater.install(address, bundle)
    updater.restart()


def _offer(updater: Updater) -> int:
    import asyncio

    from appliance.offering import Offer, configuration, serve
    from drivers.supervisor import SystemdSupervisor

    offer = Offer(updater.places, lambda: updater.may_begin, now_utc)
    return asyncio.run(serve(configuration(offer, BROKER), offer, SystemdSupervisor()))


def _fetch(updater: Updater, settings: Settings | None) -> int:
    if not (hub := _hub(settings)):
        return 0
    try:
        fetch(updater.places, hub, sleeps=updater.sleeps)
    except (OSError, UpdateError) as error:
        _log.warning("nothing from the hub: %s", error)
        return 1
    return 0


def _hears_hub(settings: Settings | None) -> bool:
    """Whether its broker can be reached; a unit that has none asks for none."""
    if settings is None:
        return True
    try:
        address = settings.broker.host, settings.broker.port
        socket.create_connection(address, PATIENCE_SECONDS).close()
    except OSError:
        return False
    return True


def _hub(settings: Settings | None) -> Hub | None:
    """None where the unit is one itself, or has joined none."""
    if settings is None or not settings.broker.tls or Places().is_hub:
        return None
    folder, name = Path(settings.broker.tls), machine_of(settings.unit.id)
    tls = tls_context(folder / AUTHORITY, certificate_file(folder, name), folder / KEY)
    return Hub(settings.broker.host, settings.unit.id, tls)


def _settings(site: Path, unit: Path) -> Settings | None:
    """None where the unit was not set up, or so that none of its programs can run."""
    try:
        return load_settings([each for each in (site, unit) if each.exists()], {})
    except (ConfigError, OSError):
        return None


def _hours(settings: Settings | None) -> tuple[tuple[Hours, ...], tzinfo]:
    if settings is None:
        return (), UTC
    centre = settings.to_centre()
    return tuple(each.hours for each in centre.institutions.values()), centre.timezone


def _said(places: Places, error: UpdateError) -> int:
    """A stick that stays in its port brings what is running already: nobody is told of it."""
    _log.error("%s", error)
    if error.reason == Reason.SAME:
        return 0
    if error.reason not in {Reason.NOT_WRITTEN, Reason.CENTRE_OPEN, Reason.TRIED_BEFORE}:
        places.tell(State.REFUSED, error.version, reason=error.reason)
    return 1
