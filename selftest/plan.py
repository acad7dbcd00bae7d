"""What is tried on a unit, and in which order: first what needs no hands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import texts
from config.devices import AudioSettings
from config.settings import Settings
from drivers.build import build_audio, build_printer, build_scanner, build_speech
from drivers.host import system_clock
from drivers.printer import TicketPaper
from drivers.speech import USUAL
from kiosk.panel import PLAIN
from kiosk.voice import LOUDNESS
from messaging.messages import Finding, Role, SelfTestReport
from queue_display.chime import CHIME
from selftest import system
from selftest.buttons import try_buttons
from selftest.devices import Ticket, Voice, try_printer, try_scanner, try_sound
from selftest.findings import skipped
from selftest.person import Person
from selftest.session import Session
from selftest.touch_screen import try_touch
from texts import Language


@dataclass(frozen=True, slots=True)
class Check:
    """One part."""

    name: str
    look: Callable[[], Finding]


@dataclass(frozen=True, slots=True)
class Unit:
    """What is tested, by whom, and in which language."""

    settings: Settings
    session: Session
    person: Person
    language: Language
    report: SelfTestReport
    ticket: Ticket

    @property
    def folder(self) -> Path:
        """Where the unit keeps its data."""
        return Path(self.settings.module.database).parent


def programs(settings: Settings, role: Role) -> Sequence[str]:
    """Which programs hold the unit's devices while they run."""
    screen = () if role is Role.MODULE else (role.value,)
    return (*screen, "bridge") if _has_controller(settings) else screen


def checks(unit: Unit, role: Role) -> Sequence[Check]:
    """All that the unit has, by its role and its settings."""
    plan = [*_own(unit)]
    if role is Role.KIOSK:
        plan += [*_kiosk(unit)]
    if role is Role.DISPLAY:
        plan.append(_sound(unit, unit.settings.display.audio, USUAL))
    if _has_controller(unit.settings):
        bridge = unit.settings.bridge
        names = {each.id: unit.language.pick(each.name) for each in unit.settings.counter}
        plan.append(
            Check(
                "buttons",
                lambda: try_buttons(bridge, names, unit.person, unit.language),
            )
        )
    return plan


def test_ticket(settings: Settings, nonce: str, language: Language) -> Ticket:
    """Nobody's number, every Latvian letter, and a code that no other ticket has."""
    code = f"RINDA:TEST:{nonce}"
    zone = ZoneInfo(settings.site.timezone)
    local = settings.to_clock().now().astimezone(zone)
    paper = TicketPaper(
        centre=language.pick(settings.site.name),
        heading=language.text("Self-test"),
        number="000",
        service=language.pick(settings.unit.name) or settings.unit.id,
        lines=("ĀČĒĢĪĶĻŅŠŪŽ āčēģīķļņšūž",),
        qr=code,
        qr_note="",
        printed_at=f"{language.day(local.date())}, {language.clock(local, zone)}",
    )
    return Ticket(paper, code)


def _has_controller(settings: Settings) -> bool:
    return bool(settings.bridge.counters or settings.bridge.kiosk)


def _own(unit: Unit) -> Sequence[Check]:
    settings, session = unit.settings, unit.session
    database = Path(settings.module.database)
    return (
        Check("disk", lambda: system.disk(unit.folder, database)),
        Check("network", lambda: system.network(settings.broker)),
        Check("broker", lambda: session.try_broker(unit.report)),
        Check("module", session.try_module),
        Check(
            "clock",
            lambda: system.clock(
                settings.to_clock().now(),
                system_clock(),
                settings.site.timezone,
                session.ahead,
            ),
        ),
    )


def _kiosk(unit: Unit) -> Sequence[Check]:
    kiosk, person, language = unit.settings.kiosk, unit.person, unit.language
    printer = Check(
        "printer",
        lambda: try_printer(lambda: build_printer(kiosk.printer), unit.ticket, person, language),
    )
    scanner = Check(
        "scanner",
        lambda: try_scanner(lambda: build_scanner(kiosk.scanner), unit.ticket, person, language),
    )
    return (
        printer if kiosk.printer.kind != "none" else _without("printer"),
        scanner if kiosk.scanner.kind != "none" else _without("scanner"),
        _sound(unit, kiosk.audio, LOUDNESS[PLAIN.volume - 1]),
        Check("touch", lambda: try_touch(kiosk.window, person, language)),
    )


def _sound(unit: Unit, audio: AudioSettings, loudness: int) -> Check:
    if audio.kind == "none":
        return _without("sound")
    languages = [texts.language(each) for each in unit.settings.site.languages]
    voice = Voice(lambda folder: build_speech(audio, folder), languages, loudness)
    return Check(
        "sound",
        lambda: try_sound(
            build_audio(audio),
            voice if audio.speech else None,
            CHIME,
            unit.person,
            unit.language,
        ),
    )


def _without(name: str) -> Check:
    return Check(name, lambda: skipped(name, "not_set"))
