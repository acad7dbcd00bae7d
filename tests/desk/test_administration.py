"""What a lead changes, from the forms to the module's files and back to the page."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from config.pins import Throttle
from config.settings import Settings
from desk import demo
from desk.demo import Morning
from desk.interface import SESSION
from desk.pages import Pages
from desk.sessions import Session, Sessions
from desk.sign_in import Door
from desk.watch import Watch
from desk.web import Web
from messaging.messages import RefusalView, Reply
from queue_core.commands import ChangeSettings, Command, Request
from queue_core.model import CounterStatus, State
from queue_module.administration import Administration
from tests.conftest import MORNING


class Lead:
    """A browser at a desk that orders straight from the module's administration."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.module = Administration(settings, folder)
        self._watch = Watch(lambda: 0.0, "desk")
        self._asked = 0
        for number in (1, 2):
            moment = MORNING.replace(second=number)
            self._watch.take_queue(Morning(moment=moment).state())
        self._watch.take_connection(True)
        self._watch.take_settings(self.module.state)
        sessions = Sessions(60, lambda: 0.0)
        pages = Pages(settings, lambda: self._watch.settings)
        self.state = State()
        web = Web(
            pages=pages,
            door=Door(settings.staff, Throttle(lambda: 0.0)),
            sessions=sessions,
            watch=self._watch,
            ask=self._ask,
            languages=("lv", "en"),
            bookings=demo.appointments(settings, pages, sessions, self._watch),
        )
        token = sessions.open(Session("klientu-1", "1"))
        origin = "http://testserver"
        self._browser = TestClient(web.application, headers={"origin": origin})
        self._browser.cookies.set(SESSION, token)
        self._browser.cookies.set("rinda_language", "en")

    async def _ask(self, command: Command, by: str) -> Reply | None:
        assert isinstance(command, ChangeSettings)
        self._asked += 1
        request = Request(f"change-{self._asked}", "desk", command, by)
        refusal = self.module.change(request, command, self.state, MORNING)
        self._watch.take_settings(self.module.state)
        view = RefusalView(code=refusal.code, facts=dict(refusal.facts)) if refusal else None
        return Reply(id=request.id, refusal=view)

    def see(self, path: str) -> str:
        return str(self._browser.get(f"/settings{path}").text)

    def home(self) -> str:
        return str(self._browser.get("/").text)

    def change(self, path: str, **given: str) -> str:
        return str(self._browser.post(f"/settings{path}", data=given).text)


@pytest.fixture
def lead(demo_settings: Settings, tmp_path: Path) -> Lead:
    return Lead(demo_settings, tmp_path)


NOTICE = {"text.lv": "Slēgts.", "text.en": "Closed.", "last_day": "2026-11-30"}


def notices(lead: Lead) -> list[str]:
    return [each["en"] for each in lead.module.centre.notices_on(MORNING.date())]


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/notice/0",
        "/notice/new",
        "/exception/new",
        "/service/vid-eds",
        "/service/new",
        "/counter/1",
        "/counter/new",
        "/site/centre",
        "/back/0",
    ],
)
def test_each_page_is_drawn(lead: Lead, path: str) -> None:
    assert "Settings of the centre" in lead.see(path)


def test_nothing_is_changed_before_it_is_confirmed(lead: Lead) -> None:
    before = notices(lead)
    assert "This will change" in lead.change("/notice/new", **NOTICE)
    assert notices(lead) == before
    assert "klientu-1" in lead.change("/notice/new", **NOTICE, confirmed="yes")
    assert notices(lead) == [*before, "Closed."]
    lead.change("/notice/2", **NOTICE, remove="yes", confirmed="yes")
    assert notices(lead) == before
    assert "Closed." in lead.see("/back/1")
    lead.change("/back/1", confirmed="yes")
    assert notices(lead) == [*before, "Closed."]
    lead.change("/back/0", confirmed="yes")
    assert notices(lead) == before


def test_a_mistake_is_named_beside_its_field(lead: Lead) -> None:
    page = lead.change("/notice/new", **{"text.lv": "Slēgts.", "last_day": "soon"}, confirmed="yes")
    assert "A date is needed" in page
    page = lead.change(
        "/exception/new", dates="2026-12-23", hours="12:00-09:00", institution="", confirmed="yes"
    )
    assert "The closing time must be later" in page
    assert lead.module.state.versions == ()


SERVICE = {
    "name.lv": "Kūts apskate",
    "name.en": "Barn visit",
    "institution": "lad",
    "series": "C",
    "offered": "on",
    "walk_in": "on",
    "expected_minutes": "25",
}
COUNTER = {
    "sign": "3",
    "name.lv": "3. lodziņš",
    "name.en": "Counter 3",
    "serves": "lad-kuts-apskate",
}


def test_a_service_and_a_counter_are_added_and_taken_away(
    lead: Lead, demo_settings: Settings, tmp_path: Path
) -> None:
    summary = lead.change("/service/new", **SERVICE)
    assert "Service: Barn visit" in summary
    assert "No counter serves" not in summary  # the first counter serves all of LAD
    lead.change("/service/new", **SERVICE, confirmed="yes")
    lead.change("/counter/new", **COUNTER, confirmed="yes")
    service = lead.module.centre.services["lad-kuts-apskate"]
    assert (service.series, service.walk_in, service.expected.total_seconds()) == ("C", True, 1500)
    assert lead.module.centre.counters["3"].serves == {"lad-kuts-apskate"}
    again = Administration(demo_settings, tmp_path)
    assert again.state.tables == lead.module.state.tables
    assert "Counter 3 serves nothing else." in lead.change(
        "/service/lad-kuts-apskate", remove="yes", confirmed="yes"
    )
    lead.change("/counter/3", remove="yes", confirmed="yes")
    lead.change("/service/lad-kuts-apskate", remove="yes", confirmed="yes")
    assert lead.module.centre.services == demo_settings.to_centre().services
    assert lead.module.ever.services["lad-kuts-apskate"].institution == "lad"
    lead.change("/service/new", **SERVICE, confirmed="yes")
    assert "lad-kuts-apskate-2" in lead.module.centre.services  # figures of the first stay its own
    lead.change("/back/1", confirmed="yes")
    assert "lad-kuts-apskate" in lead.module.centre.services
    page = lead.see("")
    assert "Barn visit" in page
    assert "taken away" in page


def test_a_new_service_needs_what_files_need(lead: Lead) -> None:
    page = lead.change("/service/new", expected_minutes="0")
    assert page.count("Nothing is chosen.") == 2
    assert "Something must be written here." in page
    assert "At least 1." in page
    assert "Nothing is chosen." in lead.change("/counter/new", sign="4")
    assert lead.module.state.versions == ()


def test_what_else_depends_on_it_is_said(lead: Lead) -> None:
    page = lead.change("/service/vsaa-konsultacija", remove="yes")
    assert "Appointments are made for it." in page
    assert "events of life" in lead.change("/service/vsaa-slimiba", remove="yes")
    assert "public computer" in lead.change("/service/dators", remove="yes")
    page = lead.change("/counter/1", remove="yes")
    assert "No counter serves this then: Annual income declaration" in page


def test_what_somebody_needs_now_stays(lead: Lead) -> None:
    lead.state = State(counters={"2": CounterStatus.PAUSED})
    page = lead.change("/counter/2", remove="yes", confirmed="yes")
    assert "The counter is open. Close it first." in page
    assert lead.module.state.versions == ()


def test_whoever_was_at_a_counter_that_is_gone_chooses_another(lead: Lead) -> None:
    lead.change("/counter/1", remove="yes", confirmed="yes")
    page = lead.home()
    assert 'id="pin"' in page
    assert "Counter 1" not in page


def test_a_form_that_is_sent_twice_is_done_once(lead: Lead) -> None:
    for _ in range(2):
        lead.change("/service/new", **SERVICE, confirmed="yes", after="0")
    assert [each.number for each in lead.module.state.versions] == [1]


def test_who_was_slower_is_told(lead: Lead, demo_settings: Settings, tmp_path: Path) -> None:
    lead.change("/site/centre", slot_target_minutes="7", confirmed="yes")
    assert lead.module.centre.services["vid-eds"].slot_target.total_seconds() == 420
    stale = lead.module.state
    lead.change("/site/centre", slot_target_minutes="8", confirmed="yes")
    lead._watch.take_settings(stale)
    page = lead.change("/site/centre", slot_target_minutes="9", confirmed="yes")
    assert "Somebody else has changed this" in page
    again = Administration(demo_settings, tmp_path)
    assert again.centre.services["vid-eds"].slot_target.total_seconds() == 480


def test_a_later_edit_of_the_site_file_counts(
    lead: Lead, demo_settings: Settings, tmp_path: Path
) -> None:
    lead.change("/site/centre", slot_target_minutes="7", confirmed="yes")
    site = demo_settings.site.model_copy(update={"slot_target_minutes": 3})
    site.model_fields_set.add("slot_target_minutes")
    again = Administration(demo_settings.model_copy(update={"site": site}), tmp_path)
    assert again.centre.services["vid-eds"].slot_target.total_seconds() == 180
    assert again.state.overruled == ("site.slot_target_minutes",)
