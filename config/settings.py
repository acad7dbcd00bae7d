"""The settings of a site, and all together: names, types, defaults and meaning.

docs/settings.md is checked against these. Durations say their unit in their name.
"""

from datetime import date, datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field

from config.clock import Clock
from config.opening_hours import ExceptionSettings, HoursByRule, HoursSettings, OpeningCalendar
from config.phrase import phrase
from config.programs import (
    BridgeSettings,
    BrokerSettings,
    ClockSettings,
    ConsultationsSettings,
    DeskSettings,
    DisplaySettings,
    IdentitySettings,
    KioskSettings,
    ModuleSettings,
    UnitSettings,
    VisitorPageSettings,
)
from config.public_holidays import is_country
from config.schedules import ScheduleCalendar, ScheduleSettings
from config.values import (
    PIN,
    Duration,
    Identifier,
    LanguageCode,
    Minutes,
    OptionalIdentifier,
    Seconds,
    Section,
    TextsByLanguage,
)
from queue_core.centre import (
    Centre,
    Counter,
    Hours,
    Institution,
    Notice,
    Service,
    Situation,
)


def _known_timezone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(phrase("expected a time zone such as Europe/Riga"))
    return name


def _known_country(code: str) -> str:
    if not is_country(code):
        raise ValueError(phrase("expected a country such as LV, or nothing"))
    return code


class SiteSettings(Section):
    """The centre itself.

    `holidays`: of which country public holidays are kept, with the working days that its government
    moves; "": of none. `short_before_holidays_minutes`: how much earlier all close on their eve, or
    on the day worked in its place, as Latvia's Labour Law has it (section 135).
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
    computer_service: OptionalIdentifier = ""
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
    waits that visitors are told are reckoned with it. `remote`: a room from where visitors speak
    with a specialist far away; what is done there is accounted for as by video.
    """

    id: Identifier
    sign: Annotated[str, Field(min_length=1, max_length=3)]
    name: TextsByLanguage
    spoken: TextsByLanguage = Field(default={})
    serves: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    hours: HoursSettings | None = None
    remote: bool = False


class StaffSettings(Section):
    """Who may sign in at the desk. `pin` is what `rinda pin` prints, never the PIN itself.

    `role`: a technician only looks. What concerns the whole centre, such as keeping the queue
    overnight, is a lead's to decide where there is one, else any clerk's.
    """

    id: Identifier
    role: Literal["clerk", "lead", "technician"] = "clerk"
    pin: Annotated[str, Field(pattern=rf"^{PIN}$")]


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
            country="" if schedule.follows == "nothing" else self.site.holidays,
            off=not follows_opening,  # the institution may be open on one
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
        return Counter(given.id, given.sign, given.name, given.spoken, serves, hours, given.remote)


class BookingEntry(Section):
    """One line of a bookings file. `starts_at` without an offset is the centre's local time."""

    code: Annotated[str, Field(pattern=r"^[A-HJ-NP-Z2-9]{8,16}$")]
    service: Identifier
    starts_at: datetime
    minutes: Annotated[int, Field(ge=1, le=600)] = 20


class BookingsFile(Section):
    """Reserved slots that come from elsewhere than the register of consultations."""

    booking: tuple[BookingEntry, ...] = ()
