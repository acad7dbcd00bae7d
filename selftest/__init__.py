"""The self-test: what of a unit works, and for each part that does not, what to do next."""

import secrets
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from pathlib import Path

from config import VERSION
from config.settings import Settings
from messaging.messages import Role, SelfTestReport
from messaging.topics import Topics
from selftest import plan
from selftest.examine import examine
from selftest.page import write_page
from selftest.person import Nobody, Person, technician
from selftest.plan import Unit
from selftest.services import has_unit_user, released, run_as_unit, running
from selftest.session import Session
from texts import Language, language

WELL, NEEDS_SOMETHING, HELD = 0, 1, 3
"""Exit statuses; HELD: the unit's programs hold what was to be tested."""

PAGE, REPORT = "selftest.html", "selftest.json"
"""The result, for people and for programs."""


@dataclass(frozen=True, slots=True)
class Options:
    """`language`: the technician's. `unit_file`: by which the unit's running programs are known.
    `unattended`: only what needs nobody. `release`: stop the programs for so long. `again`: the
    same command without it."""

    role: Role
    language: Language
    unit_file: Path
    again: Sequence[str]
    unattended: bool = False
    release: bool = False


def main(settings: Settings, options: Options) -> int:
    """Try all that the unit has; returns the exit status.

    Root only stops and starts the programs: what works for root may not work for them.
    """
    programs = plan.programs(settings, options.role)
    with released(running(programs, options.unit_file) if options.release else ()):
        if left := running(programs, options.unit_file):
            return _refuse(left, options.language)
        if has_unit_user():
            return run_as_unit(options.again)
        return _test(settings, options)


def _refuse(programs: Collection[str], words: Language) -> int:
    stop = "sudo systemctl stop " + " ".join(f"rinda-{each}" for each in programs)
    print(
        words.text("The unit's own programs hold its devices: {names}", names=", ".join(programs))
    )
    print(words.text("Stop them: {command}", command=stop))
    print(words.text("Or add --release: they stop for the test and start again."))
    return HELD


def _test(settings: Settings, options: Options) -> int:
    clock, words = settings.to_clock(), options.language
    report = SelfTestReport(
        unit=settings.unit.id, name=settings.unit.name, version=VERSION, at=clock.now()
    )
    topics = Topics(settings.site.id)
    session = Session(settings.broker, topics, report.unit, clock.now)
    somebody: AbstractContextManager[Person] = (
        nullcontext(Nobody()) if options.unattended else technician(words)
    )
    ticket = plan.test_ticket(settings, secrets.token_hex(4).upper(), words)
    with closing(session), somebody as person:
        return _go_through(Unit(settings, session, person, words, report, ticket), options.role)


def _go_through(unit: Unit, role: Role) -> int:
    words = unit.language
    place = words.pick(unit.report.name) or unit.report.unit
    print(words.text("Self-test: {place}", place=place), flush=True)
    findings = tuple(examine(plan.checks(unit, role), unit.person, words))
    report = unit.report.model_copy(update={"findings": findings})
    print(
        words.text(
            "{good} of {all} work.", good=len(report.tried) - len(report.bad), all=len(report.tried)
        )
    )
    if unit.session.tell(report) is None:
        print(words.text("The staff's page was not told: there is no connection."))
    _write(unit, report)
    return NEEDS_SOMETHING if report.bad else WELL


def _write(unit: Unit, report: SelfTestReport) -> None:
    page, site = unit.folder / PAGE, unit.settings.site
    try:
        (unit.folder / REPORT).write_text(report.model_dump_json())
        (unit.folder / REPORT).chmod(0o640)  # setup reads it as one of the group
        write_page(page, report, site.timezone, [language(each) for each in site.languages])
    except OSError:
        print(unit.language.text("The page could not be written: {page}", page=page))
        return
    print(unit.language.text("The result as a page: {page}", page=page))
