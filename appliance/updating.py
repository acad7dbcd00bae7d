"""An update on this unit: taken into the store, and installed when nobody needs the unit."""

import logging
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from appliance.rauc import Slots, UpdateError
from appliance.update_files import Order, Places, Record, write
from appliance.updates import (
    RETRIED,
    Bundle,
    Reason,
    State,
    is_awake,
    may_begin,
    ordered,
    refusal,
    sleeps,
)
from queue_core.centre import Hours

ROOM = 64 * 2**20
"""Bytes that stay free for what the centre keeps."""

LARGEST = 2 * 2**30
"""Bytes of a bundle: more than a slot has."""

PAUSE = timedelta(hours=20)
"""After one that failed, the next is tried: on another night, since each wears the card."""

_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+~-]{0,39}", re.ASCII)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Updater:
    """`hours`, in `zone`: when the centre is open; `restart`: begins to."""

    places: Places
    slots: Slots
    hours: Sequence[Hours]
    zone: tzinfo
    now: Callable[[], datetime]
    restart: Callable[[], None]

    def take(self, file: Path, order: Order) -> Bundle:
        """Copy the bundle into the store, in place of the one there. Raises UpdateError."""
        bundle = self.look_at(str(file), order)
        name = f"rinda-{bundle.version}.raucb"
        self._copy(file, self.places.store / name)
        write(self.places.order, order.model_copy(update={"bundle": name}).model_dump_json())
        for other in self.places.bundles():
            if other.name != name:
                other.unlink()
        self._wait(bundle)
        return bundle

    def go_on(self) -> None:
        """Install what is ordered, if the moment is right; then restart. A unit that sleeps is
        written by day, and starts the new version when it is switched on. Raises UpdateError."""
        order, record = self.places.ordered(), self.places.recorded()
        if not order or (record and record.state == State.TRYING):
            return
        file = self.places.store / Path(order.bundle).name
        bundle = self.look_at(str(file), order)
        is_quiet = order.now or self.may_begin
        if not order.now and not ((is_quiet or self.sleeps) and self._has_turn(order, record)):
            self._wait(bundle)
            return
        if not (record and record.state == State.INSTALLED and record.version == bundle.version):
            self.install(str(file), bundle, hub=order.hub)
        if is_quiet:
            self.restart()

    def look_at(self, source: str, order: Order) -> Bundle:
        """What this file or address has. Raises UpdateError where it is not taken."""
        bundle, running = self.slots.look_at(source), self.places.running()
        if not _NAME.fullmatch(bundle.version):
            raise UpdateError(Reason.UNTRUSTED, "no version")
        reason = refusal(bundle, running, downgrade=order.downgrade, again=order.again)
        if reason:
            said = f"{bundle.version}, and {running.version} is running"
            raise UpdateError(reason, said, bundle.version)
        return bundle

    def install(self, source: str, bundle: Bundle, *, hub: bool = False) -> None:
        """Write the other slot. Raises UpdateError."""
        running = self.places.running()
        tried = tuple(sorted(running.tried))
        record = Record(
            state=State.INSTALLING,
            version=bundle.version,
            at=self.now(),
            slot={"A": "B", "B": "A"}.get(self.places.slot(), ""),
            hub=hub,
            tried=tried,
            older=self._is_older(bundle),
        )
        self.places.keep(record)
        if record.older:
            _log.warning("installing %s in place of %s", bundle.version, running.version)
        else:
            _log.info("installing %s", bundle.version)
        try:
            self.slots.install(source, lambda percent: self.places.tell_of(record, percent))
        except UpdateError as error:
            self.places.keep(came_to_nothing(record, error.reason))
            raise
        self.places.keep(record.model_copy(update={"state": State.INSTALLED}))

    @property
    def may_begin(self) -> bool:
        """Whether nobody needs this unit now."""
        return may_begin(self.hours, self.zone, self.now())

    @property
    def sleeps(self) -> bool:
        """Whether this unit is switched off when nobody needs it."""
        return sleeps(self.hours, self.zone, self.places.awake_at(), self.now())

    def wake(self) -> None:
        """Remember whether this unit is on when nobody needs it. Raises OSError."""
        before, now = self.places.awake_at(), self.now()
        if before is None or (
            before < now and is_awake(self.hours, self.zone, now, self.places.on_for())
        ):
            self.places.wake(now)

    def _wait(self, bundle: Bundle) -> None:
        reason = Reason.DOWNGRADED if self._is_older(bundle) else None
        self.places.tell(State.WAITING, bundle.version, reason=reason)

    def _is_older(self, bundle: Bundle) -> bool:
        return ordered(bundle.version) < ordered(self.places.running().version)

    def _has_turn(self, order: Order, record: Record | None) -> bool:
        failed = record is not None and record.state == State.FAILED
        if record and failed and self.now() - record.at < PAUSE:
            return False
        return not order.last or self.places.turn.exists()

    def _copy(self, file: Path, to: Path) -> None:
        size = file.stat().st_size
        if size > LARGEST or shutil.disk_usage(to.parent).free < size + ROOM:
            raise UpdateError(Reason.NO_ROOM, f"{size} bytes")
        new = to.with_suffix(".new")
        for cut_off in to.parent.glob("*.new"):
            cut_off.unlink()
        try:
            with file.open("rb") as source, new.open("wb") as copy:
                shutil.copyfileobj(source, copy, 2**20)
                copy.flush()
                os.fsync(copy.fileno())
            new.chmod(0o644)  # a hub offers it to its units as somebody else
            self.slots.look_at(str(new))  # what was copied is what was looked at
            new.replace(to)
        except OSError as error:
            raise UpdateError(Reason.NOT_WRITTEN, str(error)) from None
        finally:
            new.unlink(missing_ok=True)


def after_start(places: Places) -> Record | None:
    """The record as it is once the unit has started: a trial is under way, or what was begun came
    to nothing. The power may have been cut between the slot's last byte and the record's."""
    record = places.recorded()
    if record is None or record.state in {State.DONE, State.FAILED}:
        return record
    if record.slot == places.slot():
        return record.model_copy(update={"state": State.TRYING})
    cut_off = record.state == State.INSTALLING
    return came_to_nothing(
        record, Reason.CUT_OFF if cut_off else record.reason or Reason.NOT_STARTED
    )


def came_to_nothing(record: Record, reason: Reason) -> Record:
    """The record once it is known."""
    tried = record.tried if reason in RETRIED else (*record.tried, record.version)
    return record.model_copy(
        update={"state": State.FAILED, "reason": reason, "tried": tuple(sorted({*tried}))}
    )


def now_utc() -> datetime:
    """The unit's clock."""
    return datetime.now(UTC)


def restart() -> None:
    """Begin to start the unit anew."""
    subprocess.run(["systemctl", "--no-block", "reboot"], check=True)
