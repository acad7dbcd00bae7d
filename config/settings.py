"""Every setting of a site and its units: names, types, defaults and meaning.

docs/settings.md is checked against this file. Durations say their unit in their name.
"""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field

from config.clock import Clock
from config.devices import (
    AudioSettings,
    BacklightSettings,
    Baud,
    Port,
    PrinterSettings,
    ScannerSettings,
    Section,
    WindowSettings,
)
from config.opening_hours import ExceptionSettings, HoursByRule, HoursSettings, OpeningCalendar
from config.public_holidays import is_country
from config.schedules import ScheduleCalendar, ScheduleSettings
from queue_core.centre import (
    Centre,
    Counter,
    Hours,
    Institution,
    Notice,
    Service,
    Situation,
)

CENTURY_SECONDS = 36_525 * 86_400
CATALOGUES = Path(__file__).parents[1] / "texts"
"""A language is offered by its file there, ``lv.po``; the sources are English."""
SOURCE_LANGUAGE = "en"

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Minutes = Annotated[int, Field(ge=0, le=600)]
Duration = Annotated[int, Field(ge=1, le=600)]
Seconds = Annotated[int, Field(ge=1, le=3600)]


def has_catalogue(code: str) -> str:
    """The code itself. Raises ValueError where there are no words in this language."""
    known = sorted({SOURCE_LANGUAGE, *(each.stem for each in CATALOGUES.glob("*.po"))})
    if code not in known:
        raise ValueError(f"expected a language with a catalogue: {', '.join(known)}")
    return code


LanguageCode = Annotated[str, AfterValidator(has_catalogue)]


def _known_timezone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("expected a time zone such as Europe/Riga")
    return name


TextsByLanguage = dict[str, Annotated[str, Field(min_length=1, max_length=120)]]
PIN = r"scrypt:([0-9a-f]{2}){8,}:[0-9a-f]{64}"
"""As `rinda pin` prints it."""


def _known_country(code: str) -> str:
    if not is_country(code):
        raise ValueError("expected a country such as LV, or nothing")
    return code


class SiteSettings(Section):
    """The centre itself.

    `holidays`: of which country public holidays are kept, with the working days that its government
    moves; "": of none. `short_before_holidays_minutes`: how much earlier all close on their eve, as
    Latvia's Labour Law has it (section 135).
    `early_call_minutes`: from how long before its start a slot is called in its turn.
    `protect_slots_minutes`: how far ahead a walk-in may not make a present slot holder overdue.
    `longest_idle_minutes`: the longest that a counter is kept free for one about to begin.
    `slot_patience_minutes`: so long an overdue slot holder waits for others who are overdue.
    `last_ticket_minutes`: so long before closing visitors without an appointment get the last one.
    `last_ticket_fits`: they get none who could not be served by closing, as long as services are
    expected to take.
    `computer_service`: the service of help at the public computer, which kiosks offer instead of a
    counter; "" where there is none. `waiting_place`: where visitors sit until they are called.
    """

    id: Identifier
    name: TextsByLanguage
    timezone: Annotated[str, AfterValidator(_known_timezone)] = "Europe/Riga"
    languages: Annotated[tuple[LanguageCode, ...], Field(min_length=1)] = ("lv", "en")
    holidays: Annotated[str, AfterValidator(_known_country)] = "LV"
    short_before_holidays_minutes: Annotated[int, Field(ge=0, le=240)] = 60
    walk_in_target_minutes: Minutes = 30
    slot_target_minutes: Minutes = 5
    late_tolerance_minutes: Minutes = 10
    expected_minutes: Duration = 12
    early_call_minutes: Annotated[int, Field(ge=0, le=60)] = 0
    protect_slots_minutes: Minutes = 15
    longest_idle_minutes: Annotated[int, Field(ge=0, le=30)] = 3
    slot_patience_minutes: Minutes = 20
    recall_pause_seconds: Seconds = 5
    most_recalls: Annotated[int, Field(ge=0, le=20)] = 3
    return_tolerance_minutes: Minutes = 15
    priority_target_minutes: Minutes = 10
    last_number: Annotated[int, Field(ge=9, le=9999)] = 999
    last_ticket_minutes: Minutes = 0
    last_ticket_fits: bool = False
    booking_secret: Annotated[str, Field(min_length=16)]
    bookings_file: str = ""
    computer_service: Annotated[str, Field(pattern=r"^([a-z0-9][a-z0-9-]{0,39})?$")] = ""
    waiting_place: TextsByLanguage = Field(default={})


class InstitutionSettings(Section):
    """Whose services they are."""

    id: Identifier
    name: TextsByLanguage
    hint: TextsByLanguage
    hours: HoursSettings = HoursSettings()
    hours_by_rule: tuple[HoursByRule, ...] = ()


class ServiceSettings(Section):
    """What a visitor comes for; `walk_in` false: by appointment only.

    `offered`: kiosks have it. `expected_minutes`: how long a counter is usually busy with it, from
    call to finish.
    `e_service`: it can be done online too; `address`: where, short enough to be typed.
    """

    id: Identifier
    institution: Identifier
    name: TextsByLanguage
    series: Annotated[str, Field(pattern=r"^[A-Z]$")]
    walk_in: bool = True
    offered: bool = True
    walk_in_target_minutes: Minutes | None = None
    slot_target_minutes: Minutes | None = None
    expected_minutes: Duration | None = None
    e_service: bool = False
    address: Annotated[str, Field(max_length=60)] = ""


class SituationSettings(Section):
    """What has happened in a visitor's life: another way to the services, of any institution."""

    id: Identifier
    name: TextsByLanguage
    services: Annotated[tuple[Identifier, ...], Field(min_length=1)]


class NoticeSettings(Section):
    """What the boards tell everybody, e.g. that the centre closes early on Friday; from the first
    to the last day, where there is one."""

    text: TextsByLanguage
    first_day: date | None = None
    last_day: date | None = None


class CounterSettings(Section):
    """Where visitors are served; `serves` names services, or institutions for all of theirs.

    `spoken`: how a voice says the way, e.g. "uz konsultāciju kabinetu"; not needed where `sign` is
    a number, as in "pie otrā lodziņa". `hours`: when somebody is to be there, breaks left out; the
    waits that visitors are told are reckoned with it.
    """

    id: Identifier
    sign: Annotated[str, Field(min_length=1, max_length=3)]
    name: TextsByLanguage
    spoken: TextsByLanguage = Field(default={})
    serves: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    hours: HoursSettings | None = None


class StaffSettings(Section):
    """Who may sign in at the desk. `pin` is what `rinda pin` prints, never the PIN itself.

    `role`: a technician only looks. What concerns the whole centre, such as keeping the queue
    overnight, is a lead's to decide where there is one, else any clerk's.
    """

    id: Identifier
    role: Literal["clerk", "lead", "technician"] = "clerk"
    pin: Annotated[str, Field(pattern=rf"^{PIN}$")]


class UnitSettings(Section):
    """Which unit this is. Its id is its MQTT identity; staff see its `name`, where it has one."""

    id: Identifier = "unit"
    name: TextsByLanguage = Field(default={})


class IdentitySettings(Section):
    """Who may be on the link: a program's MQTT identity, and what it is. Where none is listed,
    anybody may do anything, as in a demonstration.
    """

    id: Identifier
    role: Literal["module", "kiosk", "display", "desk", "visitor-page", "bridge", "consultations"]


class BrokerSettings(Section):
    """Where Mosquitto is. `tls`: the folder with what `rinda enrol` gave this unit; "": the link is
    in the clear and proves nobody's identity, as in a demonstration.
    """

    host: str = "127.0.0.1"
    port: Port = 1883
    tls: str = ""


class ModuleSettings(Section):
    """The queue module. `backup_folder`: where `rinda backup` copies the log to, on another medium;
    "": nowhere. Copies of the last `backup_days` are kept. `changes_folder`: where it keeps what
    leads change at the desk, one file for each time; the newest counts. The log keeps the events of
    `keep_days` days, counted as they began here; of older days it keeps figures only.
    """

    database: str = "/var/lib/rinda/queue.db"
    backup_folder: str = ""
    changes_folder: str = "/var/lib/rinda/changes"
    backup_days: Annotated[int, Field(ge=2, le=400)] = 14
    keep_days: Annotated[int, Field(ge=30, le=4000)] = 400


class ConsultationsSettings(Section):
    """The register of consultations. `database`: a file, or the `postgresql://` address of one that
    several centres share, with its password in PGPASSFILE. A slot that was given up is held so long
    for the first on the waiting list. What is over is forgotten after `keep_days`.
    """

    database: str = "/var/lib/rinda/consultations.db"
    held_minutes: Annotated[int, Field(ge=5, le=2880)] = 120
    keep_days: Annotated[int, Field(ge=1, le=4000)] = 400


class KioskSettings(Section):
    """The ticket kiosk. `database`: what it must know to give numbers by itself, which it does when
    the queue module is away or has not replied in `reply_seconds`. `maintenance_pin`: a
    technician's, as `rinda pin` prints it; "": none. `double_strike_seconds`: the same button or
    key once more counts only after so long. `rest_minutes`: so long without touch, key or presence,
    the first screen rests until somebody comes; 0: never.
    """

    database: str = "/var/lib/rinda/kiosk.db"
    double_strike_seconds: Annotated[float, Field(ge=0.3, le=2)] = 0.3
    idle_seconds: Seconds = 90
    ticket_seconds: Seconds = 60
    rest_minutes: Annotated[float, Field(ge=0, le=600)] = 0
    reply_seconds: Seconds = 2
    maintenance_pin: Annotated[str, Field(pattern=rf"^({PIN})?$")] = ""
    printer: PrinterSettings = PrinterSettings()
    scanner: ScannerSettings = ScannerSettings()
    audio: AudioSettings = AudioSettings()
    backlight: BacklightSettings = BacklightSettings()
    window: WindowSettings = WindowSettings()


class DisplaySettings(Section):
    """The waiting-room board. `stale_seconds`: how long news may fail to come, which the queue
    module sends every two, before the board says so.
    """

    stale_seconds: Seconds = 4
    audio: AudioSettings = AudioSettings()
    window: WindowSettings = WindowSettings(width=1920, height=1080)


class DeskSettings(Section):
    """The staff's web page. `tls`: the folder with `page.pem` and `page-key.pem`, as `rinda page`
    makes them; "": none, and only browsers on this very machine reach it. `metrics`: whether
    `/metrics` tells Prometheus how the centre is, to whoever reaches the port.
    """

    host: str = "127.0.0.1"
    port: Port = 8080
    tls: str = ""
    sign_out_minutes: Annotated[int, Field(ge=5, le=720)] = 90
    metrics: bool = False


class VisitorPageSettings(Section):
    """The page that a visitor's phone opens by the QR code of a ticket. `address`: where phones of
    the guest network find it, e.g. http://192.168.50.1:8090; "": there is none, and the codes are
    for the kiosk only. All units need it. `tls`: as for the desk.
    """

    address: Annotated[str, Field(pattern=r"^(https?://[a-z0-9.:\[\]-]{1,60})?$")] = ""
    host: str = "0.0.0.0"  # noqa: S104 - it is made for strangers
    port: Port = 8090
    tls: str = ""


class BridgeSettings(Section):
    """The unit's microcontroller. `id`: the MQTT identity of its program, another than that of the
    unit's other program. `counters`: which counter is wired to place 1, 2 …

    `kiosk`: the unit before which its presence sensor looks and whose calls for help its lamp
    shows; "": none. `hot_celsius`: from here on the unit is too hot inside.
    `updates`: whether a controller with another firmware than this package's gets that one.
    """

    id: Identifier = "bridge"
    port: str = "/dev/rinda/controller"
    baud: Baud = 115_200
    counters: Annotated[tuple[Identifier, ...], Field(max_length=255)] = ()
    kiosk: Annotated[str, Field(pattern=r"^([a-z0-9][a-z0-9-]{0,39})?$")] = ""
    hot_celsius: Annotated[int, Field(ge=30, le=100)] = 70
    updates: bool = True


class ClockSettings(Section):
    """Moves the clock of every program, for demonstrations and tests only; at most a century."""

    offset_seconds: Annotated[
        float, Field(ge=-CENTURY_SECONDS, le=CENTURY_SECONDS, allow_inf_nan=False)
    ] = 0.0


class Settings(Section):
    """All settings. The tables that repeat (`[[institution]]` …) are named in the singular."""

    site: SiteSettings
    institution: Annotated[tuple[InstitutionSettings, ...], Field(min_length=1)]
    service: Annotated[tuple[ServiceSettings, ...], Field(min_length=1)]
    counter: Annotated[tuple[CounterSettings, ...], Field(min_length=1)]
    exception: tuple[ExceptionSettings, ...] = ()
    schedule: tuple[ScheduleSettings, ...] = ()
    situation: tuple[SituationSettings, ...] = ()
    notice: tuple[NoticeSettings, ...] = ()
    staff: tuple[StaffSettings, ...] = ()
    identity: tuple[IdentitySettings, ...] = ()
    unit: UnitSettings = UnitSettings()
    broker: BrokerSettings = BrokerSettings()
    module: ModuleSettings = ModuleSettings()
    consultations: ConsultationsSettings = ConsultationsSettings()
    kiosk: KioskSettings = KioskSettings()
    display: DisplaySettings = DisplaySettings()
    desk: DeskSettings = DeskSettings()
    visitor_page: VisitorPageSettings = VisitorPageSettings()
    bridge: BridgeSettings = BridgeSettings()
    clock: ClockSettings = ClockSettings()

    def to_centre(self) -> Centre:
        """The centre as the rules of the queue know it."""
        return Centre(
            id=self.site.id,
            name=self.site.name,
            timezone=ZoneInfo(self.site.timezone),
            languages=self.site.languages,
            institutions={i.id: self._institution(i) for i in self.institution},
            services={s.id: self._service(s) for s in self.service},
            counters={c.id: self._counter(c) for c in self.counter},
            late_tolerance=timedelta(minutes=self.site.late_tolerance_minutes),
            recall_pause=timedelta(seconds=self.site.recall_pause_seconds),
            most_recalls=self.site.most_recalls,
            return_tolerance=timedelta(minutes=self.site.return_tolerance_minutes),
            priority_target=timedelta(minutes=self.site.priority_target_minutes),
            early_call=timedelta(minutes=self.site.early_call_minutes),
            protect_slots=timedelta(minutes=self.site.protect_slots_minutes),
            longest_idle=timedelta(minutes=self.site.longest_idle_minutes),
            slot_patience=timedelta(minutes=self.site.slot_patience_minutes),
            last_number=self.site.last_number,
            last_ticket=timedelta(minutes=self.site.last_ticket_minutes),
            last_ticket_fits=self.site.last_ticket_fits,
            computer_service=self.site.computer_service,
            situations=tuple(Situation(s.id, s.name, s.services) for s in self.situation),
            waiting_place=self.site.waiting_place,
            notices=tuple(
                Notice(each.text, each.first_day or date.min, each.last_day or date.max)
                for each in self.notice
            ),
        )

    def calendar(
        self,
        week: HoursSettings,
        by_rule: tuple[HoursByRule, ...] = (),
        institution: str = "",
    ) -> OpeningCalendar:
        """The dates of an institution, or of something that is the centre's, with such hours."""
        own = (each for each in self.exception if institution and each.institution == institution)
        common = (each for each in self.exception if not each.institution)
        return OpeningCalendar(
            week=week,
            by_rule=by_rule,
            exceptions=(*own, *common),
            country=self.site.holidays,
            shorter=timedelta(minutes=self.site.short_before_holidays_minutes),
        )

    def schedule_hours(self, schedule: ScheduleSettings) -> Hours:
        """The hours of a schedule, whose service must be one of the site's."""
        by_service = {each.id: each.institution for each in self.service}
        institutions = {each.id: each for each in self.institution}
        given = institutions[by_service[schedule.service]]
        follows_opening = schedule.follows == "opening"
        own = OpeningCalendar(
            HoursSettings(),
            schedule.recurrence,
            schedule.exception,
            country=self.site.holidays if schedule.follows == "holidays" else "",
        )
        calendar = ScheduleCalendar(
            own,
            self._institution(given).hours if follows_opening else None,
            schedule.valid_from or date.min,
            schedule.valid_until or date.max,
        )
        return Hours(calendar)

    def to_clock(self) -> Clock:
        """The clock that the site's programs go by."""
        return Clock(timedelta(seconds=self.clock.offset_seconds))

    def _institution(self, given: InstitutionSettings) -> Institution:
        hours = self.calendar(given.hours, given.hours_by_rule, given.id).to_hours()
        return Institution(given.id, given.name, given.hint, hours)

    def _service(self, given: ServiceSettings) -> Service:
        walk_in = given.walk_in_target_minutes
        slot = given.slot_target_minutes
        return Service(
            id=given.id,
            institution=given.institution,
            name=given.name,
            series=given.series,
            walk_in=given.walk_in,
            offered=given.offered,
            walk_in_target=timedelta(
                minutes=self.site.walk_in_target_minutes if walk_in is None else walk_in
            ),
            slot_target=timedelta(minutes=self.site.slot_target_minutes if slot is None else slot),
            expected=timedelta(minutes=given.expected_minutes or self.site.expected_minutes),
            e_service=given.e_service,
            address=given.address,
        )

    def _counter(self, given: CounterSettings) -> Counter:
        serves = frozenset(
            each.id for each in self.service if {each.id, each.institution} & set(given.serves)
        )
        hours = self.calendar(given.hours).to_hours() if given.hours else None
        return Counter(given.id, given.sign, given.name, given.spoken, serves, hours)


class BookingEntry(Section):
    """One line of a bookings file. `starts_at` without an offset is the centre's local time."""

    code: Annotated[str, Field(pattern=r"^[A-HJ-NP-Z2-9]{8,16}$")]
    service: Identifier
    starts_at: datetime
    minutes: Annotated[int, Field(ge=1, le=600)] = 20


class BookingsFile(Section):
    """Reserved slots that come from elsewhere than the register of consultations."""

    booking: tuple[BookingEntry, ...] = ()
