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
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

from config import VERSION
from config.load import ConfigError, Problem, load_settings
from config.programs import BridgeSettings
from config.settings import Settings
from drivers.errors import SettingError
from drivers.supervisor import SystemdSupervisor
from simulator import options

PROGRAMS = {
    "module": ("queue_module", "the queue module: the one authority over the centre's queue"),
    "kiosk": ("kiosk", "the ticket kiosk on the touch screen"),
    "display": ("queue_display", "the waiting-room board"),
    "desk": ("desk", "the staff's web page"),
    "consultations": ("consultations", "the register of consultations by appointment"),
    "visitor-page": ("visitor_page", "the page for visitors' phones"),
    "bridge": ("firmware_bridge", "call buttons, lamps and number displays"),
}

RECORDS = {
    "audit": "prove that the log is as it was written",
    "backup": "copy the log to its backup folder, and prove the copy",
    "restore": "put the last good backup, and what came after it, in the log's place",
}

IDENTITIES = {
    "enrol": "give units a certificate: on the hub with their names, then on the unit with --join",
    "revoke": "refuse every certificate that these units have",
    "page": "make a certificate for the staff's page, at the addresses that browsers use",
    "renew": "certificates that end soon; and tell the broker who may do what",
}

BAD_SETTINGS = 78
"""The exit status for settings that cannot be used (EX_CONFIG of sysexits.h)."""

STOPPED = 130
"""The exit status after Ctrl-C, by the custom of shells."""

Action = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    parsed = _parser().parse_args(arguments)
    logging.basicConfig(
        level=logging.DEBUG if parsed.verbose else logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    action: Action = parsed.action
    try:
        return action(parsed)
    except (ConfigError, SettingError) as error:
        print(error, file=sys.stderr)
        return BAD_SETTINGS


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="rinda",
        description="Ticket kiosk, waiting-room board and queue module of a service centre.",
    )
    parser.add_argument("--version", action="version", version=f"rinda {VERSION}")
    parser.add_argument("--verbose", action="store_true", help="log more")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, (_, words) in PROGRAMS.items():
        command = _command(commands, name, words, _run_program)
        command.set_defaults(program=name)
        _add_files(command)
    specialist = _command(
        commands,
        "specialist",
        "the page of a specialist who consults from afar, in rooms of several centres",
        _specialist,
    )
    specialist.add_argument("--site", type=Path, required=True, help="settings of it (TOML)")
    self_test = _command(
        commands, "selftest", "try all parts of this unit and say what to do", _selftest
    )
    _add_selftest(self_test)
    check = _command(commands, "config", "check settings files and say every mistake", _check)
    check.add_argument("what", choices=["check"])
    _add_files(check)
    _command(commands, "pin", "ask for a PIN and print what a [[staff]] table needs", _pin)
    demo = _command(commands, "demo", "a whole centre on this machine", _demo)
    demo.add_argument("--folder", type=Path, default=Path(".demo"), help="where its files go")
    demo.add_argument("--headless", action="store_true", help="on a virtual screen, by itself")
    demo.add_argument("--seconds", type=float, default=0, help="end by itself after so long")
    twin = _command(commands, "twin", "what happens to a device of the demonstration", _twin)
    twin.add_argument("--folder", type=Path, default=Path(".demo"), help="of the demonstration")
    twin.add_argument(
        "words",
        nargs="*",
        metavar="WORD",
        help="a device, a switch and its position; none: all there are",
    )
    screens = _command(commands, "screens", "draw every screen to PNG", _screens)
    screens.add_argument("--to", type=Path, default=Path("build/screens"))
    screens.add_argument("--accept", action="store_true", help="they are as they are meant to be")
    simulate = _command(
        commands, "simulate", "what days would have been like under this rule or that", _simulate
    )
    _add_files(simulate)
    options.add_arguments(simulate)
    firmware = _command(
        commands, "firmware", "the software of controllers and number displays", _firmware
    )
    firmware.add_argument(
        "what",
        choices=["controller", "display", "update"],
        help="write the files for a new Pico, of a controller or of a number display; or send them "
        "over the line to a controller that has some (not while `rinda bridge` runs)",
    )
    firmware.add_argument("--to", type=Path, default=Path("build"))
    firmware.add_argument("--port", default=BridgeSettings().port)
    firmware.add_argument("--baud", type=int, default=BridgeSettings().baud)
    for name, words in RECORDS.items():
        record = _command(commands, name, words, _record)
        record.set_defaults(record=name, same_medium=False)
        if name == "backup":
            record.add_argument("--same-medium", action="store_true", help="if there is no other")
        _add_files(record)
    figures = _command(commands, "figures", "what days that are over came to, as a file", _figures)
    _add_files(figures)
    _add_figures(figures)
    schedule = _command(commands, "schedule", "a schedule's days as iCalendar", _schedule)
    schedule.add_argument("what", choices=["export", "import"], help="out, or in as settings")
    schedule.add_argument("name", metavar="SCHEDULE|FILE.ics", help="import: its name is the id")
    schedule.add_argument("--service", default="", help="of a schedule that is new")
    _add_files(schedule)
    agenda = _command(commands, "agenda", "what is booked, as iCalendar", _agenda)
    agenda.add_argument("name", metavar="SCHEDULE|SPECIALIST")
    agenda.add_argument("--from", dest="first", type=date.fromisoformat, required=True)
    agenda.add_argument("--days", type=int, choices=range(1, 401), default=7, metavar="1-400")
    agenda.add_argument("--compare", type=Path, metavar="FILE.ics", help="say what differs there")
    _add_files(agenda)
    for name, words in IDENTITIES.items():
        enrolling = _command(commands, name, words, _enrol)
        enrolling.set_defaults(what=name)
        _add_enrolling(enrolling)
    documents = _command(commands, "documents", "write the generated parts of docs/", _documents)
    documents.add_argument("--to", type=Path, default=Path("docs"))
    return parser


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    words: str,
    action: Action,
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=words, description=f"{words[0].upper()}{words[1:]}.")
    command.set_defaults(action=action)
    return command


def _add_files(command: argparse.ArgumentParser) -> None:
    command.add_argument("--site", type=Path, required=True, help="settings of the centre (TOML)")
    command.add_argument("--unit", type=Path, help="settings of this unit (TOML); they win")


def _add_selftest(command: argparse.ArgumentParser) -> None:
    command.add_argument("role", choices=["kiosk", "display", "module"], help="what the unit is")
    command.add_argument("--site", type=Path, default=Path("/etc/rinda/site.toml"))
    command.add_argument("--unit", type=Path, default=Path("/etc/rinda/unit.toml"))
    command.add_argument(
        "--language", type=_language, help="of the technician; else the centre's first"
    )
    command.add_argument("--unattended", action="store_true", help="only what needs nobody")
    command.add_argument(
        "--release", action="store_true", help="stop the unit's programs for the time of the test"
    )


def _add_enrolling(command: argparse.ArgumentParser) -> None:
    command.add_argument("--site", type=Path, default=Path("/etc/rinda/site.toml"))
    command.add_argument("--unit", type=Path, default=Path("/etc/rinda/unit.toml"))
    command.add_argument("--authority", type=Path, default=Path("/etc/rinda/authority"))
    command.add_argument("--broker", type=Path, default=Path("/etc/mosquitto/rinda"))
    if command.get_default("what") == "renew":
        return
    if command.get_default("what") == "page":
        command.add_argument("names", nargs="+", metavar="ADDRESS", help="a name or number")
        return
    command.add_argument("names", nargs="*", metavar="NAME", help="an id of [[identity]]")
    if command.get_default("what") == "enrol":
        command.add_argument("--here", action="store_true", help="they run on this very hub")
        joining = "on the new unit: with the code that the hub says; asked for if left out"
        command.add_argument("--join", nargs="?", const="", metavar="CODE", help=joining)
        command.add_argument("--port", type=int, default=8884)


def _add_figures(command: argparse.ArgumentParser) -> None:
    from queue_core.reports import Column

    command.add_argument("--from", dest="first", type=date.fromisoformat, required=True)
    command.add_argument("--to", dest="last", type=date.fromisoformat, required=True)
    by = [each.value for each in Column]
    command.add_argument("--by", nargs="*", choices=by, default=["day"], help="what makes a row")
    files = ("visits.csv", "work.csv", "counters.csv", "accounting.csv", "json", "xlsx", "sqlite")
    command.add_argument("--format", choices=files, default="visits.csv")


def _settings(parsed: argparse.Namespace) -> Settings:
    files = [parsed.site, *([parsed.unit] if parsed.unit else [])]
    return load_settings(files, os.environ)


def _run_program(parsed: argparse.Namespace) -> int:
    package, _ = PROGRAMS[parsed.program]
    settings = _settings(parsed)
    if parsed.program == "module":
        _try_database(Path(settings.module.database))
    program = importlib.import_module(package)
    status: int = program.main(settings, SystemdSupervisor())
    return status


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


def _language(code: str) -> str:
    from config.values import has_catalogue

    try:
        return has_catalogue(code)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


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


def _check(parsed: argparse.Namespace) -> int:
    from rinda.checking import said

    for line in said(_settings(parsed)):
        print(line)
    return 0


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

    return run(parsed.record, _settings(parsed), same_medium=parsed.same_medium)


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
    from rinda import identities
    from rinda.enrolment import EnrolmentError

    settings = _settings(parsed)
    try:
        if parsed.what == "enrol" and parsed.join is not None:
            print(identities.join_hub(settings, parsed.join or input("Code: "), parsed.port))
            return 0
        if parsed.what == "page":
            print(identities.page(settings, parsed.names))
            return 0
        begin = parsed.what == "enrol"
        hub = identities.Hub(settings, parsed.authority, parsed.broker, begin=begin)
        match parsed.what:
            case "renew":
                print(hub.renew())
            case "revoke":
                print(hub.revoke(parsed.names))
            case _ if parsed.here:
                print(hub.enrol_here(parsed.names))
            case _:
                print(hub.enrol(parsed.names, parsed.port, print))
    except EnrolmentError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _documents(parsed: argparse.Namespace) -> int:
    from rinda.documents import write

    write(parsed.to)
    return 0
