"""What may be said on the command line."""

import argparse
from datetime import date
from pathlib import Path

from config import VERSION
from config.programs import BridgeSettings
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


def parser() -> argparse.ArgumentParser:
    """`action` of what it gives is the command; of programs, records and certificates what they are
    is in `name`."""
    parser = argparse.ArgumentParser(
        prog="rinda",
        description="Ticket kiosk, waiting-room board and queue module of a service centre.",
    )
    parser.add_argument("--version", action="version", version=f"rinda {VERSION}")
    parser.add_argument("--verbose", action="store_true", help="log more")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, (_, words) in PROGRAMS.items():
        command = _command(commands, name, words)
        _add_files(command)
    machine = _command(commands, "machine", "what watches over a unit's Pi, and tells how it is")
    _add_unit_files(machine)
    diagnose = _command(commands, "diagnose", "pack what shows what is wrong, without any secret")
    diagnose.add_argument("--to", type=Path, required=True, metavar="FILE.tar.gz")
    _add_unit_files(diagnose)
    specialist = _command(
        commands,
        "specialist",
        "the page of a specialist who consults from afar, in rooms of several centres",
    )
    specialist.add_argument("--site", type=Path, required=True, help="settings of it (TOML)")
    self_test = _command(commands, "selftest", "try all parts of this unit and say what to do")
    _add_selftest(self_test)
    setup = _command(commands, "setup", "go by the card in this unit, from its first start on")
    setup.add_argument("--root", type=Path, default=Path("/"), help="of the unit's file system")
    setup.add_argument("--port", type=int, default=8884, help="where its hub lets units in")
    show = _command(commands, "setup-screen", "show how the setup goes on, and take what is typed")
    show.add_argument("--root", type=Path, default=Path("/"))
    check = _command(commands, "config", "check settings files and say every mistake")
    check.add_argument("what", choices=["check"])
    _add_files(check)
    card = _command(commands, "card", "card files: by questions, from a table, or look at one")
    card.add_argument("what", nargs="?", choices=["check"])
    card.add_argument("file", nargs="?", type=Path, default=Path(), help="to check, or its folder")
    card.add_argument("--from", dest="table", type=Path, metavar="CSV", help="a row for each card")
    card.add_argument("--to", type=Path, metavar="FOLDER", help="else the card in this computer")
    card.add_argument("--language", type=_language)
    _command(commands, "pin", "ask for a PIN and print what a [[staff]] table needs")
    demo = _command(commands, "demo", "a whole centre on this machine")
    demo.add_argument("--folder", type=Path, default=Path(".demo"), help="where its files go")
    demo.add_argument("--headless", action="store_true", help="on a virtual screen, by itself")
    demo.add_argument("--seconds", type=float, default=0, help="end by itself after so long")
    twin = _command(commands, "twin", "what happens to a device of the demonstration")
    twin.add_argument("--folder", type=Path, default=Path(".demo"), help="of the demonstration")
    twin.add_argument(
        "words",
        nargs="*",
        metavar="WORD",
        help="a device, a switch and its position; none: all there are",
    )
    screens = _command(commands, "screens", "draw every screen to PNG")
    screens.add_argument("--to", type=Path, default=Path("build/screens"))
    screens.add_argument("--accept", action="store_true", help="they are as they are meant to be")
    simulate = _command(
        commands, "simulate", "what days would have been like under this rule or that"
    )
    _add_files(simulate)
    options.add_arguments(simulate)
    firmware = _command(commands, "firmware", "the software of controllers and number displays")
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
        record = _command(commands, name, words)
        record.set_defaults(same_medium=False)
        if name == "backup":
            record.add_argument("--same-medium", action="store_true", help="if there is no other")
        _add_files(record)
    figures = _command(commands, "figures", "what days that are over came to, as a file")
    _add_files(figures)
    _add_figures(figures)
    schedule = _command(commands, "schedule", "a schedule's days as iCalendar")
    schedule.add_argument("what", choices=["export", "import"], help="out, or in as settings")
    schedule.add_argument("name", metavar="SCHEDULE|FILE.ics", help="import: its name is the id")
    schedule.add_argument("--service", default="", help="of a schedule that is new")
    _add_files(schedule)
    agenda = _command(commands, "agenda", "what is booked, as iCalendar")
    agenda.add_argument("name", metavar="SCHEDULE|SPECIALIST")
    agenda.add_argument("--from", dest="first", type=date.fromisoformat, required=True)
    agenda.add_argument("--days", type=int, choices=range(1, 401), default=7, metavar="1-400")
    agenda.add_argument("--compare", type=Path, metavar="FILE.ics", help="say what differs there")
    _add_files(agenda)
    for name, words in IDENTITIES.items():
        enrolling = _command(commands, name, words)
        _add_enrolling(enrolling)
    update = _command(commands, "update", "take a new version of the unit's whole system")
    _add_update(update)
    health = _command(commands, "health", "after a start: keep this version, or go back")
    for each in (update, health):
        each.add_argument("--site", type=Path, default=Path("/etc/rinda/site.toml"))
        each.add_argument("--unit", type=Path, default=Path("/etc/rinda/unit.toml"))
    documents = _command(commands, "documents", "write the generated parts of docs/")
    documents.add_argument("--to", type=Path, default=Path("docs"))
    return parser


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    words: str,
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=words, description=f"{words[0].upper()}{words[1:]}.")
    command.set_defaults(command=name)
    return command


def _add_files(command: argparse.ArgumentParser) -> None:
    command.add_argument("--site", type=Path, required=True, help="settings of the centre (TOML)")
    command.add_argument("--unit", type=Path, help="settings of this unit (TOML); they win")


def _add_unit_files(command: argparse.ArgumentParser) -> None:
    command.add_argument("--site", type=Path, default=Path("/etc/rinda/site.toml"))
    command.add_argument("--unit", type=Path, default=Path("/etc/rinda/unit.toml"))


def _add_selftest(command: argparse.ArgumentParser) -> None:
    command.add_argument("role", choices=["kiosk", "display", "module"], help="what the unit is")
    _add_unit_files(command)
    command.add_argument(
        "--language", type=_language, help="of the technician; else the centre's first"
    )
    command.add_argument("--unattended", action="store_true", help="only what needs nobody")
    command.add_argument(
        "--release", action="store_true", help="stop the unit's programs for the time of the test"
    )


def _add_enrolling(command: argparse.ArgumentParser) -> None:
    _add_unit_files(command)
    command.add_argument("--authority", type=Path, default=Path("/etc/rinda/authority"))
    command.add_argument("--broker", type=Path, default=Path("/etc/mosquitto/rinda"))
    if command.get_default("command") == "renew":
        return
    if command.get_default("command") == "page":
        command.add_argument("names", nargs="+", metavar="ADDRESS", help="a name or number")
        return
    command.add_argument("names", nargs="*", metavar="NAME", help="an id of [[identity]]")
    if command.get_default("command") == "enrol":
        command.add_argument("--here", action="store_true", help="they run on this very hub")
        joining = "on the new unit: with the code that the hub says; asked for if left out"
        command.add_argument("--join", nargs="?", const="", metavar="CODE", help=joining)
        command.add_argument("--role", default="", help="kiosk or board, of a unit that is new")
        command.add_argument("--serve", action="store_true", help="for desks, as a service")
        command.add_argument("--port", type=int, default=8884)


def _add_figures(command: argparse.ArgumentParser) -> None:
    from queue_core.reports import Column

    command.add_argument("--from", dest="first", type=date.fromisoformat, required=True)
    command.add_argument("--to", dest="last", type=date.fromisoformat, required=True)
    by = [each.value for each in Column]
    command.add_argument("--by", nargs="*", choices=by, default=["day"], help="what makes a row")
    files = ("visits.csv", "work.csv", "counters.csv", "accounting.csv", "json", "xlsx", "sqlite")
    command.add_argument("--format", choices=files, default="visits.csv")


def _add_update(command: argparse.ArgumentParser) -> None:
    bundle = "a bundle; none: go on with the one that was taken"
    command.add_argument("bundle", nargs="?", default="", metavar="FILE|URL", help=bundle)
    command.add_argument("--now", action="store_true", help="also while the centre is open")
    command.add_argument("--downgrade", action="store_true", help="an older version is meant")
    command.add_argument("--again", action="store_true", help="one that failed here is meant")
    services = command.add_mutually_exclusive_group()
    services.add_argument("--stick", type=Path, help="take the newest bundle of this folder")
    services.add_argument("--fetch", action="store_true", help="ask the hub for one")
    services.add_argument("--offer", action="store_true", help="on the hub: have it for the units")


def _language(code: str) -> str:
    from config.values import has_catalogue

    try:
        return has_catalogue(code)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
