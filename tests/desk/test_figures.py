"""The page of figures and its files, from a real log of random days."""

import html
import io
import json
import re
import zipfile
from base64 import b64decode
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient

from config.pins import Throttle
from config.settings import Settings
from desk.browser import LANGUAGE
from desk.demo import Morning, appointments
from desk.interface import SESSION
from desk.pages import Pages
from desk.periods import period
from desk.sessions import Session, Sessions
from desk.sheets import csv_of, discreet
from desk.sign_in import Door
from desk.watch import Watch
from desk.web import Web
from messaging.messages import FiguresView, RefusalView, Reply, ReportView
from queue_core.centre import Centre
from queue_core.commands import AskReport, Command
from queue_core.refusals import RefusalCode
from queue_core.reports import Column
from queue_module.reports import figures_so_far, report
from rinda.command import main
from tests.conftest import DEMO, MORNING
from tests.queue_module.days import random_days
from tests.queue_module.test_ledger import Restored

DAYS = {"first": "2026-11-24", "last": "2026-11-26"}


@dataclass
class Desk:
    """A desk whose questions are answered from a log on this very disk."""

    settings: Settings
    centre: Centre
    database: Path
    asked: list[AskReport] = field(default_factory=list)
    refusal: RefusalCode | None = None

    def browser(self, language: str = "lv") -> AsyncClient:
        watch, sessions = Watch(lambda: 0.0, "desk"), Sessions(60, lambda: 0.0)
        pages = Pages(self.settings)
        web = Web(
            pages=pages,
            door=Door(self.settings.staff, Throttle(lambda: 0.0)),
            sessions=sessions,
            watch=watch,
            ask=self.ask,
            languages=("lv", "en"),
            bookings=appointments(self.settings, pages, sessions, watch),
        )
        watch.take_connection(True)
        state = Morning().state()
        watch.take_queue(state)
        watch.take_queue(state.model_copy(update={"at": state.at + timedelta(seconds=1)}))
        cookies = {SESSION: sessions.open(Session("klientu-1", "1")), LANGUAGE: language}
        transport = ASGITransport(web.application)
        return AsyncClient(transport=transport, cookies=cookies, base_url="http://desk")

    async def ask(self, command: Command, by: str) -> Reply:
        assert isinstance(command, AskReport)
        self.asked.append(command)
        if self.refusal:
            return Reply(id="question", refusal=RefusalView(code=self.refusal))
        with Restored(self.centre, self.database) as restored:
            today = figures_so_far(restored.ledger.state, self.centre)
        tables = report(self.database, self.centre, command, today)
        return Reply(id="question", report=ReportView(at=MORNING, tables=tables))


@pytest.fixture(scope="module")
def database(centre: Centre, tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("figures") / "queue.db"
    with Restored(centre, database) as restored:
        restored.store(random_days(centre, 7))
        restored.ledger.keep_if_due()
    return database


@pytest.fixture
def desk(demo_settings: Settings, centre: Centre, database: Path) -> Desk:
    return Desk(demo_settings, centre, database)


def served(desk: Desk) -> int:
    with Restored(desk.centre, desk.database) as restored:
        today = figures_so_far(restored.ledger.state, desk.centre)
    visits, *_ = report(
        desk.database, desk.centre, AskReport(date(2026, 11, 24), date(2026, 11, 26)), today
    )
    found = dict(zip(visits.columns, visits.rows[0], strict=True))["served"]
    assert isinstance(found, int)
    return found


async def test_a_stranger_is_sent_to_sign_in(desk: Desk) -> None:
    async with desk.browser() as browser:
        browser.cookies.delete(SESSION)
        for path in ("/figures", "/figures/visits.csv"):
            assert (await browser.get(path)).headers["location"] == "/"
    assert not desk.asked


@pytest.mark.parametrize(("language", "word"), [("lv", "Apkalpoti"), ("en", "Served")])
async def test_the_page_says_what_the_report_says(desk: Desk, language: str, word: str) -> None:
    async with desk.browser(language) as browser:
        page = await browser.get("/figures", params=DAYS)
    assert page.status_code == 200
    cells = re.findall(r"<th scope=\"row\">(.*?)</th>\s*<td>(.*?)</td>", page.text)
    assert dict(cells)[word] == str(served(desk))


async def test_every_division_comes_to_the_same(desk: Desk) -> None:
    """By day, hour, kind, institution, service and counter: as many visits, as many served."""
    async with desk.browser("en") as browser:
        page = (await browser.get("/figures", params=DAYS)).text
    tables = [
        re.findall(r"<tr><th scope=\"row\">.*?</th>(.*?)</tr>", section, re.DOTALL)
        for section in page.split("<section>")
        if ">Told wait was right</th>" in section
    ]
    assert len(tables) == 6
    sums = set[tuple[int, int]]()
    for rows in tables:
        cells = [re.findall(r"<td>(.*?)</td>", row) for row in rows]
        sums.add((sum(int(each[0]) for each in cells), sum(int(each[1]) for each in cells)))
    assert len(sums) == 1
    assert sums.pop()[1] == served(desk)
    assert "With an appointment" in page


async def test_the_file_of_a_division_is_what_the_page_shows(desk: Desk) -> None:
    async with desk.browser() as browser:
        page = (await browser.get("/figures", params=DAYS)).text
        links = re.findall(r'href="(/figures/figures.xlsx[^"]*)"', page)
        for each in links:
            file = await browser.get(html.unescape(each))
            assert file.status_code == 200
            assert file.content.startswith(b"PK")
        by_hour = await browser.get(
            "/figures/visits.csv", params={**DAYS, "by": ["hour", "hour", "what"]}
        )
    assert len(links) == 7  # each of the six, and all
    assert by_hour.content.decode("utf-8-sig").startswith("hour;tickets;")


async def test_every_chart_is_a_picture_without_scripts_beside_its_table(desk: Desk) -> None:
    async with desk.browser() as browser:
        page = await browser.get("/figures", params=DAYS)
    assert "img-src 'self' data:" in page.headers["content-security-policy"]
    charts = re.findall(r"data:image/svg\+xml;base64,([^\"]+)", page.text)
    assert len(charts) == 4
    for each in charts:
        assert b"script" not in b64decode(each)
    assert all("<table" in section for section in page.text.split("<section>") if "<img" in section)


@pytest.mark.parametrize("name", ["visits.csv", "work.csv", "counters.csv"])
async def test_a_file_for_latvian_excel(desk: Desk, name: str) -> None:
    async with desk.browser() as browser:
        file = await browser.get(f"/figures/{name}", params=DAYS)
    assert file.content.startswith(b"\xef\xbb\xbf")
    assert file.headers["content-disposition"].endswith(f'--2026-11-26-{name}"')
    head, *rows = file.content.decode("utf-8-sig").splitlines()
    assert head.startswith("day;")
    assert rows
    assert {len(row.split(";")) for row in rows} == {len(head.split(";"))}


async def test_the_files_of_all_tables(desk: Desk) -> None:
    async with desk.browser() as browser:
        told = json.loads((await browser.get("/figures/figures.json", params=DAYS)).content)
        book = (await browser.get("/figures/figures.xlsx", params=DAYS)).content
    assert sum(row["served"] for row in told["visits"]) == served(desk)
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        workbook = parts.read("xl/workbook.xml").decode()
    assert re.findall(r'<sheet name="(\w+)"', workbook) == ["visits", "work", "counters"]


async def test_the_accounting_counts_who_was_served(desk: Desk) -> None:
    """The queue and the accounting are one record."""
    async with desk.browser() as browser:
        told = json.loads((await browser.get("/figures/figures.json", params=DAYS)).content)
        file = (await browser.get("/figures/accounting.csv", params=DAYS)).content.decode(
            "utf-8-sig"
        )
    head, *rows = (line.split(";") for line in file.splitlines())
    assert head == ["month", "institution", "service", "channel", "centre", "count"]
    assert {(row[0], row[4]) for row in rows} == {("2026-11", "Paraugpils VPVKAC")}
    assert sum(int(row[5]) for row in rows) == sum(row["count"] for row in told["work"])
    with_ticket = [row for row in told["work"] if row["channel"] in {"in_person", "remote"}]
    assert sum(row["records"] for row in with_ticket) == served(desk)


async def test_a_report_that_is_too_large_is_asked_in_parts(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files are the same, whatever their parts: by day, month, hour, counter or nothing."""
    queries = [{}, *({"by": each} for each in ("month", "hour", "counter", "nothing"))]
    names = ("visits.csv", "work.csv", "counters.csv")

    async def files() -> list[str]:
        async with desk.browser() as browser:
            asked = [
                await browser.get(f"/figures/{name}", params={**DAYS, **query})
                for name in names
                for query in queries
            ]
        assert {each.status_code for each in asked} == {200}
        return [each.text for each in asked]

    whole = await files()
    ask, asked = desk.ask, len(desk.asked)

    async def narrow(command: Command, by: str) -> Reply:
        reply = await ask(command, by)
        assert isinstance(command, AskReport)
        if command.first_day == command.last_day:
            return reply
        return Reply(id="question", refusal=RefusalView(code=RefusalCode.REPORT_TOO_LARGE))

    monkeypatch.setattr(desk, "ask", narrow)
    assert await files() == whole
    assert len(desk.asked) - asked == 5 * asked, "three days: in five questions for each"


def test_before_any_news_the_days_are_of_our_own_clock() -> None:
    assert Watch(lambda: 0.0, "desk").now.year > 2000


async def test_a_refusal_is_said(desk: Desk) -> None:
    desk.refusal = RefusalCode.PERIOD_TOO_LONG
    async with desk.browser("en") as browser:
        page = await browser.get("/figures", params=DAYS)
        file = await browser.get("/figures/visits.csv", params=DAYS)
        nothing = await browser.get("/figures/secrets.csv")
    assert (page.status_code, file.status_code, nothing.status_code) == (400, 400, 404)
    assert "At most 400 days" in page.text
    assert file.text.startswith("At most 400 days")


def test_nothing_is_told_of_few_ratings_or_of_one_counter() -> None:
    columns, few, many = ("day", "ratings", "rating_sum"), ("d", 4, 40), ("d", 5, 50)
    told = discreet(FiguresView(table="visits", columns=columns, rows=(few, many)))
    assert told.rows == (("d", 4, ""), ("d", 5, "")), "or the four marks would be all less five"
    enough = discreet(FiguresView(table="visits", columns=columns, rows=(few, few, many)))
    assert enough.rows == (("d", 4, ""), ("d", 4, ""), many)
    by_counter = FiguresView(table="visits", columns=("counter", *columns[1:]), rows=(many,))
    assert discreet(by_counter).rows == (("d", 5, ""),)


def test_no_cell_is_a_formula() -> None:
    view = FiguresView(table="visits", columns=("service", "tickets"), rows=(("=1+1", 2),))
    assert csv_of(view).decode("utf-8-sig").splitlines()[1] == "'=1+1;2"


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("today", ("2026-11-25", "2026-11-25")),
        ("week", ("2026-11-23", "2026-11-25")),
        ("month", ("2026-11-01", "2026-11-25")),
        ("last_month", ("2026-10-01", "2026-10-31")),
        ("year", ("2026-01-01", "2026-11-25")),
    ],
)
def test_a_period_by_name(name: str, days: tuple[str, str]) -> None:
    found = period(date(2026, 11, 25), {"period": name})
    assert (str(found.first), str(found.last)) == days
    assert (found.step is Column.MONTH) == (name == "year")


def test_a_period_of_ones_own() -> None:
    backwards = {"first": DAYS["last"], "last": DAYS["first"]}
    assert period(date(2026, 11, 25), backwards) == period(date(2026, 1, 1), DAYS)
    assert period(date(2026, 11, 25), {"first": "soon", "last": "later"}).name == "month"


def test_the_command_writes_days_that_are_over(
    database: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setenv("RINDA_MODULE__DATABASE", str(database))
    period = ["--from", DAYS["first"], "--to", DAYS["last"]]
    assert (
        main(["figures", "--site", str(DEMO / "site.toml"), *period, "--by", "day", "service"]) == 0
    )
    head, *rows = capfdbinary.readouterr().out.decode("utf-8-sig").splitlines()
    assert head.startswith("day;service;tickets;")
    assert {row.split(";")[0] for row in rows} == {"2026-11-24", "2026-11-25"}
    assert (
        main(["figures", "--site", str(DEMO / "site.toml"), *period, "--format", "accounting.csv"])
        == 0
    )
    assert b"Paraugpils VPVKAC" in capfdbinary.readouterr().out
    assert main(["figures", "--site", str(DEMO / "site.toml"), *period, "--format", "sqlite"]) == 0
    assert capfdbinary.readouterr().out.startswith(b"SQLite format 3")
