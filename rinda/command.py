"""The command line. Each program is imported only when it is asked for."""

import argparse
import getpass
import importlib
import logging
import os
import secrets
import signal
import sqlite3
import sys
import termios
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from config.load import ConfigError, Problem, load_settings
from config.settings import Settings
from drivers.errors import SettingError
from drivers.supervisor import SystemdSupervisor
from rinda.arguments import IDENTITIES, PROGRAMS, RECORDS, parser

BAD_SETTINGS = 78
"""The exit status for settings that cannot be used (EX_CONFIG of sysexits.h)."""

STOPPED = 130
"""The exit status after Ctrl-C, by the custom of shells."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    parsed = parser().parse_args(arguments)
    logging.basicConfig(
        level=logging.DEBUG if parsed.verbose else logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    try:
        return ACTIONS[parsed.command](parsed)
    except (ConfigError, SettingError) as error:
        print(error, file=sys.stderr)
        return BAD_SETTINGS


def _settings(parsed: argparse.Namespace) -> Settings:
    files = [parsed.site, *([parsed.unit] if parsed.unit else [])]
    return load_settings(files, os.environ)


def _run_program(parsed: argparse.Namespace) -> int:
    package, _ = PROGRAMS[parsed.command]
    settings = _settings(parsed)
    if parsed.command == "module":
        _try_database(Path(settings.module.database))
    program = importlib.import_module(package)
    status: int = program.main(settings, SystemdSupervisor())
    return status


def _machine(parsed: argparse.Namespace) -> int:
    from appliance.machine import main as watch

    return watch(_settings(parsed), [parsed.site, parsed.unit], SystemdSupervisor())


def _diagnose(parsed: argparse.Namespace) -> int:
    from appliance.diagnosis import of_this_unit

    try:
        parsed.to.write_bytes(of_this_unit([parsed.site, parsed.unit]))
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _specialist(parsed: argparse.Namespace) -> int:
    from config.specialist import load_specialist
    from desk.specialist import main as serve

    settings, places = load_specialist(parsed.site, os.environ)
    return serve(settings, places, SystemdSupervisor())


def _try_database(path: Path) -> None:
    """Raises ConfigError for a file that cannot be written, or is something else. One that a module
    has used before is left to it: it still answers what it can."""
    if Path(f"{path}-lock").exists():
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path)) as database:
            database.execute("begin immediate")
    except (OSError, sqlite3.DatabaseError) as error:
        problem = Problem(str(path), None, "module.database", f"cannot be used: {error}")
        raise ConfigError([problem]) from None


def _selftest(parsed: argparse.Namespace) -> int:
    import selftest
    from messaging.messages import Role
    from texts import language

    settings = _settings(parsed)
    if not (parsed.unattended or sys.stdin.isatty()):
        print("Run it at a terminal, or with --unattended.", file=sys.stderr)
        return 2
    if not parsed.verbose:
        logging.getLogger().setLevel(logging.ERROR)  # what is wrong is said in plain words
    code = parsed.language or settings.site.languages[0]
    again = [sys.executable, "-m", "rinda", "selftest", parsed.role, "--language", code]
    again += ["--site", str(parsed.site), "--unit", str(parsed.unit)]
    options = selftest.Options(
        role=Role(parsed.role),
        language=language(code),
        unit_file=parsed.unit,
        again=[*again, *(["--unattended"] if parsed.unattended else [])],
        unattended=parsed.unattended,
        release=parsed.release,
    )
    for each in (signal.SIGTERM, signal.SIGHUP):  # a lost terminal must not leave programs stopped
        signal.signal(each, signal.default_int_handler)
    try:
        return selftest.main(settings, options)
    except (KeyboardInterrupt, OSError, termios.error):
        return STOPPED


def _setup(parsed: argparse.Namespace) -> int:
    from appliance.setup.service import main as serve

    return serve(parsed.root, parsed.port)


def _setup_screen(parsed: argparse.Namespace) -> int:
    from appliance.setup.window import main as show

    return show(parsed.root, SystemdSupervisor())


def _check(parsed: argparse.Namespace) -> int:
    from rinda.checking import said

    for line in said(_settings(parsed)):
        print(line)
    return 0


def _card(parsed: argparse.Namespace) -> int:
    from rinda.cards import run

    return run(parsed)


def _pin(parsed: argparse.Namespace) -> int:
    from config.pins import hash_pin

    pin = getpass.getpass("PIN: ")
    if not pin.isdecimal() or len(pin) < 4:
        print("A PIN has at least four digits.", file=sys.stderr)
        return 1
    print(f'pin = "{hash_pin(pin, secrets.token_bytes(16))}"')
    return 0


def _demo(parsed: argparse.Namespace) -> int:
    from rinda.demo import run

    return run(parsed.folder, headless=parsed.headless, seconds=parsed.seconds)


def _twin(parsed: argparse.Namespace) -> int:
    from rinda.control import twin
    from rinda.errors import CentreError

    try:
        if said := twin(parsed.folder, parsed.words):
            print(said)
    except CentreError as error:
        print(f"That cannot be: {error}.", file=sys.stderr)
        return 1
    return 0


def _screens(parsed: argparse.Namespace) -> int:
    from rinda.screens import draw

    return draw(parsed.to, accepts=parsed.accept)


def _simulate(parsed: argparse.Namespace) -> int:
    from simulator.command import simulate

    print(simulate(_settings(parsed).to_centre(), parsed))
    return 0


def _firmware(parsed: argparse.Namespace) -> int:
    if parsed.what == "update":
        from firmware_bridge.updating import bring

        return bring(parsed.port, parsed.baud, print)
    from firmware_bridge.flash import lay_out, lay_out_display

    folder = parsed.to / parsed.what
    (lay_out_display if parsed.what == "display" else lay_out)(folder)
    print(f"Now: mpremote cp -r {folder}/. : + reset")
    return 0


def _record(parsed: argparse.Namespace) -> int:
    from rinda.records import run

    return run(parsed.command, _settings(parsed), same_medium=parsed.same_medium)


def _figures(parsed: argparse.Namespace) -> int:
    from queue_core.reports import Column
    from rinda.figures import run

    by = [Column(each) for each in parsed.by]
    return run(_settings(parsed), parsed.first, parsed.last, by, parsed.format)


def _schedule(parsed: argparse.Namespace) -> int:
    from rinda import calendars

    settings = _settings(parsed)
    if parsed.what == "export":
        return _written(lambda: calendars.exported(settings, parsed.name))
    return _written(lambda: calendars.imported(settings, Path(parsed.name), parsed.service))


def _agenda(parsed: argparse.Namespace) -> int:
    from rinda.calendars import Agenda

    settings = _settings(parsed)

    def told() -> bytes | str:
        theirs = parsed.compare.read_bytes() if parsed.compare else None
        agenda = Agenda.of(settings, parsed.name, parsed.first, parsed.days)
        if theirs is None:
            return agenda.file(settings.to_clock().now())
        return "".join(f"{each}\n" for each in agenda.differences(theirs))

    return _written(told)


def _written(told: Callable[[], bytes | str]) -> int:
    """To the standard output; returns the exit status."""
    from consultations.agenda_files import BadCalendarError
    from consultations.storage import StorageError
    from rinda.calendars import UnknownError

    try:
        said = told()
    except (BadCalendarError, OSError, StorageError, UnknownError) as error:
        print(error, file=sys.stderr)
        return 1
    sys.stdout.buffer.write(said if isinstance(said, bytes) else said.encode())
    sys.stdout.flush()
    return 0


def _enrol(parsed: argparse.Namespace) -> int:
    from appliance.enrolment import EnrolmentError
    from rinda.enrolling import done

    try:
        if said := done(parsed, lambda: _settings(parsed)):
            print(said)
    except EnrolmentError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return STOPPED
    return 0


def _update(parsed: argparse.Namespace) -> int:
    from appliance.update_command import health, update

    return health(parsed) if parsed.command == "health" else update(parsed)


def _documents(parsed: argparse.Namespace) -> int:
    from rinda.documents import write

    write(parsed.to)
    return 0


ACTIONS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    **dict.fromkeys(PROGRAMS, _run_program),
    "machine": _machine,
    "diagnose": _diagnose,
    "specialist": _specialist,
    "selftest": _selftest,
    "setup": _setup,
    "setup-screen": _setup_screen,
    "config": _check,
    "card": _card,
    "pin": _pin,
    "demo": _demo,
    "twin": _twin,
    "screens": _screens,
    "simulate": _simulate,
    "firmware": _firmware,
    **dict.fromkeys(RECORDS, _record),
    "figures": _figures,
    "schedule": _schedule,
    "agenda": _agenda,
    **dict.fromkeys(IDENTITIES, _enrol),
    **dict.fromkeys(("update", "health"), _update),
    "documents": _documents,
}
