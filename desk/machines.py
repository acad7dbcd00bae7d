"""What staff see of each unit's Pi, made from what it tells. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from desk.watch import Watch
from messaging.credentials import enrolled_as, machine_of
from messaging.machine import MachineStatus
from messaging.messages import Role, SelfTestReport, UnitStatus
from texts import Language, checks, machines, sentences

ON_UNITS = frozenset({Role.KIOSK, Role.DISPLAY, Role.MACHINE})
"""What of a centre's programs goes by the name of the Pi that it is on."""

AT_THE_HUB = frozenset({"hub", "all-in-one"})


@dataclass(frozen=True, slots=True)
class Machine:
    """One Pi. `since`: when it was switched on; of one that is off, when it was heard last.
    `is_hub`: it is the centre, so nobody shuts it out here."""

    unit: str
    place: str
    role: str
    online: bool
    since: datetime | None
    faults: Sequence[str]
    facts: Sequence[tuple[str, str]]
    is_hub: bool


def seen(watch: Watch, language: Language, zone: tzinfo) -> tuple[Machine, ...]:
    """Every Pi that was ever heard; first those with something wrong."""
    on_units = (each for each in watch.units.values() if each.role in ON_UNITS)
    names = {*watch.machines, *(enrolled_as(each.unit) for each in on_units)}
    every = (_machine(watch, language, zone, each) for each in sorted(names))
    return tuple(sorted(every, key=lambda each: not each.faults))


def free_id(watch: Watch, role: str, awaited: Sequence[str]) -> str:
    """What a new unit of this role is called: the first number that nobody has."""
    taken = {*watch.machines, *watch.units, *awaited}
    number = 1
    while f"{role}-{number}" in taken:
        number += 1
    return f"{role}-{number}"


def _machine(watch: Watch, language: Language, zone: tzinfo, unit: str) -> Machine:
    told, report = watch.machines.get(unit), watch.self_tests.get(unit)
    programs = [watch.units[each] for each in (machine_of(unit), unit) if each in watch.units]
    online = any(each.online for each in programs)
    names = [each.name for each in (told, *programs) if each and each.name]
    return Machine(
        unit=unit,
        place=language.pick(names[0]) if names else unit,
        role=machines.role(language, told.role if told else ""),
        online=online,
        since=_since(told, online=online),
        faults=tuple(_faults(language, programs, report) if online else _away(language)),
        facts=(*_facts(language, told, online=online), *_tested(language, report, zone)),
        is_hub=told is not None and told.role in AT_THE_HUB,
    )


def _since(told: MachineStatus | None, *, online: bool) -> datetime | None:
    if told is None:
        return None
    return told.at - timedelta(seconds=told.uptime_seconds) if online else told.at


def _away(language: Language) -> Iterator[str]:
    yield language.text(
        "It is off, or without network. See that its power and network cables are in."
    )


def _faults(
    language: Language, programs: Sequence[UnitStatus], report: SelfTestReport | None
) -> Iterator[str]:
    for each in programs:
        if each.online:
            yield from (sentences.fault(language, code) for code in each.faults)
        elif each.role is Role.MACHINE:
            yield language.text("What watches over this unit does not answer.")
        else:
            yield language.text("Its program does not answer. Restart the unit.")
    for finding in report.bad if report else ():
        found = checks.line(language, finding.check, finding.code, finding.facts)
        yield f"{found} {checks.advice(language, finding.code, finding.facts)}".strip()


def _facts(
    language: Language, told: MachineStatus | None, *, online: bool
) -> Iterator[tuple[str, str]]:
    text = language.text
    if told:
        if told.version:
            slot = text("{version}, slot {slot}", version=told.version, slot=told.slot)
            yield text("Version"), slot if told.slot else told.version
        if told.update and (said := machines.update(language, **told.update.model_dump())):
            yield text("Update"), said
        if told.signer:
            yield text("Updates signed by"), machines.signer(language, told.signer)
        if told.model:
            yield text("Computer"), told.model
        if told.address:
            yield text("Address"), told.address
        if told.celsius is not None and online:
            yield text("Temperature"), f"{round(told.celsius)} °C"
        if told.under_voltage_since_start and online:
            yield text("Power supply"), text("Too weak at times since it was switched on.")
        yield from _card(language, told)


def _card(language: Language, told: MachineStatus) -> Iterator[tuple[str, str]]:
    text = language.text
    if told.data_free_megabytes is not None and told.data_megabytes:
        free, size = told.data_free_megabytes / 1000, told.data_megabytes / 1000
        of = text("{free} GB of {size} GB", free=language.number(free), size=language.number(size))
        yield text("Free space"), of
    if told.card_used_percent is not None:
        yield (
            text("Memory card"),
            text("{percent}% of its life used", percent=told.card_used_percent),
        )
    elif told.written_gigabytes is not None:
        yield text("Memory card"), text("{count} GB written so far", count=told.written_gigabytes)


def _tested(
    language: Language, report: SelfTestReport | None, zone: tzinfo
) -> Iterator[tuple[str, str]]:
    text = language.text
    if report is None:
        yield text("Self-test"), text("Not yet.")
    elif report.findings:
        day = language.day(report.at.astimezone(zone).date())
        clock = language.clock(report.at, zone)
        if report.bad:
            count = text("{bad} of {all} to put right", bad=len(report.bad), all=len(report.tried))
        else:
            count = text("All well ({count})", count=len(report.tried))
        yield text("Self-test"), f"{count}: {day}, {clock}"
