"""What a lead changes of the settings while the queue goes on. The module alone writes it."""

import logging
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from config.changes import (
    CHANGES,
    Change,
    ConflictError,
    changed,
    differences,
    gone,
    leads,
    still_good,
    tables_of,
    with_gone,
    with_tables,
)
from config.load import ConfigError
from config.settings import Settings
from config.versions import MOST_VERSIONS, Version, next_number, read_versions, write_version
from messaging.messages import SettingsState
from queue_core.centre import Centre
from queue_core.commands import ChangeSettings, Request
from queue_core.in_use import still_in_use
from queue_core.model import State
from queue_core.refusals import Refusal, RefusalCode

log = logging.getLogger(__name__)


class Administration:
    """The site file's settings with the newest changes from `folder` over them.

    `ever`: the centre with the services and counters that it had once, too.
    """

    def __init__(self, site: Settings, folder: Path) -> None:
        self._site, self._folder = site, folder
        self._versions = read_versions(folder)
        self._tables = tables_of(site)
        self._go_by(*self._with_newest())

    def change(
        self, request: Request, command: ChangeSettings, state: State, now: datetime
    ) -> Refusal | None:
        """Why it is not done; else it is kept, and counts. Raises OSError where nothing can be
        kept; then nothing has changed."""
        if self._versions and self._versions[-1].order == request.id:
            return None
        if request.by not in leads(self._site.staff):
            return Refusal(RefusalCode.NOT_ALLOWED)
        try:
            wanted = CHANGES.validate_json(command.changes)
            after = changed(tables_of(self.settings), wanted)
            lasting = differences(self._tables, after)
            settings = with_tables(self._site, changed(self._tables, lasting))
        except ValidationError:
            return Refusal(RefusalCode.BAD_VALUE)
        except ConflictError:
            return Refusal(RefusalCode.SETTINGS_CHANGED)
        except ConfigError as error:
            return Refusal(RefusalCode.BAD_SETTINGS, {e.key: e.message for e in error.problems})
        refusal = still_in_use(state, self.centre, settings.to_centre(), now)
        if refusal is None:
            self._keep(request, lasting, now)
            self._go_by(settings, ())
        return refusal

    def _keep(self, request: Request, lasting: tuple[Change, ...], now: datetime) -> None:
        version = Version(
            number=next_number(self._folder),
            at=now,
            by=request.by,
            role=next(each.role for each in self._site.staff if each.id == request.by),
            order=request.id,
            change=lasting,
        )
        write_version(self._folder, version)
        self._versions.append(version)
        log.info("settings: version %d, by %s", version.number, version.by)

    def _go_by(self, settings: Settings, overruled: tuple[str, ...]) -> None:
        tables = tables_of(settings)
        ever = (change for version in self._versions for change in version.change)
        once = gone(self._tables, tables, ever)
        self.settings, self.centre = settings, settings.to_centre()
        self.ever: Centre = with_gone(settings, once).to_centre()
        self.state = SettingsState(
            tables=tables,
            versions=tuple(reversed(self._versions[-MOST_VERSIONS:])),
            overruled=overruled,
            gone=once,
        )

    def _with_newest(self) -> tuple[Settings, tuple[str, ...]]:
        """And what is overruled: the site file wins where it was edited since, and where what is
        left does not fit it."""
        wanted = self._versions[-1].change if self._versions else ()
        good = tuple(still_good(self._tables, wanted))
        try:
            settings = with_tables(self._site, changed(self._tables, good)) if good else self._site
        except ConfigError as error:
            log.exception("what leads have changed does not fit the site file; it does not count")
            return self._site, tuple(each.key for each in error.problems)
        overruled = tuple(each.name for each in wanted if each not in good)
        if overruled:
            log.warning("the site file was edited since a lead changed %s", overruled)
        return settings, overruled
