"""What a lead changes of the settings while the queue goes on. The module alone writes it."""

import logging
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from config.changes import (
    CHANGES,
    MOST_VERSIONS,
    ConflictError,
    Version,
    changed,
    differences,
    leads,
    read_versions,
    still_good,
    tables_of,
    with_tables,
    write_version,
)
from config.load import ConfigError
from config.settings import Settings
from messaging.messages import SettingsState
from queue_core.centre import Centre
from queue_core.commands import ChangeSettings, Request
from queue_core.refusals import Refusal, RefusalCode

log = logging.getLogger(__name__)


class Administration:
    """The site file's settings with the newest changes from `folder` over them."""

    def __init__(self, site: Settings, folder: Path) -> None:
        self._site, self._folder = site, folder
        self._versions = read_versions(folder)
        self._tables = tables_of(site)
        self._overruled: tuple[str, ...] = ()
        self.settings = self._with_newest()
        self.centre: Centre = self.settings.to_centre()

    @property
    def state(self) -> SettingsState:
        """What desks are told."""
        newest = tuple(reversed(self._versions[-MOST_VERSIONS:]))
        return SettingsState(
            tables=tables_of(self.settings), versions=newest, overruled=self._overruled
        )

    def change(self, request: Request, command: ChangeSettings, now: datetime) -> Refusal | None:
        """Why it is not done; else it is kept, and counts. Raises OSError where nothing can be
        kept; then nothing has changed."""
        if self._versions and self._versions[-1].order == request.id:
            return None
        if request.by not in leads(self._site.staff):
            return Refusal(RefusalCode.NOT_ALLOWED)
        try:
            wanted = CHANGES.validate_json(command.changes)
            settings = with_tables(self._site, changed(tables_of(self.settings), wanted))
        except ValidationError:
            return Refusal(RefusalCode.BAD_VALUE)
        except ConflictError:
            return Refusal(RefusalCode.SETTINGS_CHANGED)
        except ConfigError as error:
            return Refusal(RefusalCode.BAD_SETTINGS, {e.key: e.message for e in error.problems})
        self._keep(request, settings, now)
        return None

    def _keep(self, request: Request, settings: Settings, now: datetime) -> None:
        version = Version(
            number=self._versions[-1].number + 1 if self._versions else 1,
            at=now,
            by=request.by,
            role=next(each.role for each in self._site.staff if each.id == request.by),
            order=request.id,
            change=differences(self._tables, tables_of(settings)),
        )
        write_version(self._folder, version)
        self._versions.append(version)
        self.settings, self.centre, self._overruled = settings, settings.to_centre(), ()
        log.info("settings: version %d, by %s", version.number, version.by)

    def _with_newest(self) -> Settings:
        """The site file wins where it was edited since, and where what is left does not fit it."""
        wanted = self._versions[-1].change if self._versions else ()
        good = tuple(still_good(self._tables, wanted))
        try:
            settings = with_tables(self._site, changed(self._tables, good)) if good else self._site
        except ConfigError as error:
            log.exception("what leads have changed does not fit the site file; it does not count")
            self._overruled = tuple(each.key for each in error.problems)
            return self._site
        self._overruled = tuple(each.name for each in wanted if each not in good)
        if self._overruled:
            log.warning("the site file was edited since a lead changed %s", self._overruled)
        return settings
