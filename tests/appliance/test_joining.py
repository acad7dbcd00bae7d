"""Units that join a real hub by its service: over TCP, asked for over the Unix socket."""

import asyncio
import os
import socket
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance import admission, codes, joining
from appliance.authority import request_for
from appliance.codes import Codes
from appliance.enrolment import (
    Answer,
    Joined,
    Key,
    No,
    Refusal,
    RefusedError,
    Request,
    key_name,
    key_of,
    opened_answer,
    opened_request,
    sealed_answer,
    sealed_request,
)
from appliance.enrolment_service import EnrolmentService
from appliance.joining import join
from config.load import load_settings
from config.settings import Settings
from messaging.credentials import AUTHORITY, KEY
from messaging.enrolling import Ask, Enrolling, EnrollingError
from rinda.broker import free_port
from rinda.enrolling import enrol
from tests.parts import Supervised
from tests.secure import SITE, SecureCentre

CODE = "K7QM-2WDX-4T9P"
OWN = '[kiosk.printer]\nkind = "network"\nhost = "printer.local"\n'
SECRETS = """
[[staff]]
id = "anna"
pin = "scrypt:000102030405060708090a0b0c0d0e0f:{hash}"
[module]
backup_folder = "/media/kept-at-the-hub"
""".replace("{hash}", "ab" * 32)


class Hub:
    """A hub whose service runs; `later` moves its clock, and `knows_time` says that it is right."""

    def __init__(self, folder: Path, site: Settings) -> None:
        self.centre = SecureCentre(folder, site)
        self.later = timedelta()
        self.knows_time = True
        self.port = free_port()
        self.socket = folder / "enrolment.sock"
        self.desk = Enrolling(self.socket)

    def codes(self) -> Codes:
        return Codes(self.centre.places.codes, datetime.now(UTC) + self.later)

    def reload(self) -> None:
        """As the next process would: the settings are read again."""
        places = self.centre.places
        self.centre.settings = load_settings([places.site, places.unit], {}).model_copy(
            update={"broker": self.centre.settings.broker}
        )

    def service(self) -> EnrolmentService:
        """As a process begins with it."""
        return EnrolmentService(
            lambda: self.centre.hub(self.later),
            self.codes,
            Supervised(),
            self.port,
            "127.0.0.1",
            lambda: self.knows_time,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Hub"]:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(self.socket))
            listening.listen()
            serving = asyncio.create_task(self.service().run(listening))
            try:
                yield self
            finally:
                serving.cancel()
                with suppress(asyncio.CancelledError):
                    await serving
                self.socket.unlink()

    async def join(self, code: str, folder: Path, unit: str = "", role: str = "") -> Joined:
        return await join("127.0.0.1", code, unit, role, folder, OWN, self.port)


@pytest.fixture
async def hub(tmp_path: Path, demo_settings: Settings) -> AsyncIterator[Hub]:
    async with Hub(tmp_path / "hub", demo_settings).running() as hub:
        yield hub


async def test_a_new_unit_is_added_and_gets_the_centres_settings(hub: Hub, tmp_path: Path) -> None:
    places = hub.centre.places
    places.site.write_text(SITE.read_text() + SECRETS)
    places.unit.write_text("# as it was written\n")
    code = await hub.desk.ask("kiosk-7", "kiosk")
    joined = await hub.join(code, tmp_path / "tls")
    assert (joined.unit, joined.role, joined.unit_toml) == ("kiosk-7", "kiosk", OWN)
    (tmp_path / "site.toml").write_text(joined.site_toml)
    (tmp_path / "unit.toml").write_text(joined.unit_toml)
    settings = load_settings([tmp_path / "site.toml", tmp_path / "unit.toml"], {})
    sites = load_settings([SITE], {}).site
    assert settings.site == sites.model_copy(update={"bookings_file": ""})
    assert not settings.staff
    assert "ab" * 32 not in joined.site_toml
    assert "kept-at-the-hub" not in joined.site_toml
    assert places.unit.read_text().startswith("# as it was written\n")
    hub.reload()
    assert {"kiosk-7": "kiosk", "module": "module"}.items() <= {
        each.id: each.role for each in hub.centre.settings.identity
    }.items()
    assert "user kiosk-7\n" in (places.broker / "access.acl").read_text()
    assert hub.centre.told[-1] == "try-restart rinda-module.service"
    (awaited,) = await hub.desk.open()
    assert (awaited.unit, awaited.role, awaited.joined) == ("kiosk-7", "kiosk", True)


async def test_a_board_is_told_no_secret_of_bookings(hub: Hub, tmp_path: Path) -> None:
    joined = await hub.join(await hub.desk.ask("board-1", "board"), tmp_path / "tls")
    assert joined.role == "board"
    given = tomllib.loads(joined.site_toml)
    assert given["site"]["booking_secret"] == "not known to this unit"
    assert "kiosk" not in given
    assert "scrypt" not in joined.site_toml


async def test_a_new_card_in_a_dead_ones_place_is_the_same_unit(hub: Hub, tmp_path: Path) -> None:
    before = await hub.join(await hub.desk.ask("kiosk-7", "kiosk"), tmp_path / "dead")
    hub.reload()
    code = await hub.desk.ask("kiosk-7")
    again = await join("127.0.0.1", code, "", "", tmp_path / "new", port=hub.port)
    assert again == before
    assert (tmp_path / "new" / "kiosk-7.pem").exists()
    assert hub.centre.told[-1] == "try-restart mosquitto.service"  # the dead one's key is out


async def test_a_kiosk_with_a_controller_brings_its_bridge(hub: Hub, tmp_path: Path) -> None:
    own = '[bridge]\nport = "/dev/rinda/controller"\n'
    code = await hub.desk.ask("kiosk-7", "kiosk")
    await join("127.0.0.1", code, "kiosk-7", "kiosk", tmp_path / "tls", own, hub.port)
    assert (tmp_path / "tls" / "kiosk-7-bridge.pem").exists()
    assert "user kiosk-7-bridge\n" in (hub.centre.places.broker / "access.acl").read_text()
    await hub.desk.revoke("kiosk-7")
    assert "user kiosk-7" not in (hub.centre.places.broker / "access.acl").read_text()


async def test_no_unit_can_make_the_hubs_settings_bad(hub: Hub, tmp_path: Path) -> None:
    """They were read at the module's next start."""
    code = await hub.desk.ask("k" * 40, "kiosk")
    given = join("127.0.0.1", code, "", "", tmp_path / "tls", "[bridge]\n", hub.port)
    assert await refusal_of(given) == "hub_fails"
    assert not hub.centre.places.unit.exists()
    assert (await hub.join(code, tmp_path / "tls")).unit == "k" * 40
    hub.reload()


async def test_a_unit_whose_answer_was_lost_asks_again(hub: Hub, tmp_path: Path) -> None:
    code = await hub.desk.ask("kiosk-7", "kiosk")
    first = await hub.join(code, tmp_path / "tls")
    for lost in (AUTHORITY, "kiosk-7.pem"):
        (tmp_path / "tls" / lost).unlink()
    assert await hub.join(code, tmp_path / "tls") == first
    assert (tmp_path / "tls" / AUTHORITY).exists()
    with pytest.raises(RefusedError) as refused:
        await hub.join(code, tmp_path / "another")
    assert refused.value.refusal == Refusal.CODE_USED


async def test_who_says_a_recorded_line_again_hears_the_same(hub: Hub) -> None:
    code = await hub.desk.ask("kiosk-7", "kiosk")
    key = key_of(code)
    pem = request_for(joining.unit_key(hub.centre.folder / "recorded"))
    line = sealed_request(key, Request(pem))

    async def said() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", hub.port, limit=2**20)
        writer.write(line)
        answer = await reader.readline()
        writer.close()
        return answer

    first = await said()
    assert opened_answer(key, line, first).joined.unit == "kiosk-7"
    assert await said() == first


async def test_a_moved_unit_leaves_nothing_of_its_old_centre(
    hub: Hub, tmp_path: Path, demo_settings: Settings
) -> None:
    folder = tmp_path / "tls"
    await hub.join(await hub.desk.ask("kiosk-7", "kiosk"), folder)
    (folder / "page.pem").write_text("the page's own")
    key = (folder / KEY).read_bytes()
    with pytest.raises(RefusedError):
        await hub.join(CODE, folder)
    assert (folder / "kiosk-7.pem").exists()  # nothing is lost before something new is there
    async with Hub(tmp_path / "other", demo_settings).running() as other:
        await other.join(await other.desk.ask("kiosk-2", "kiosk"), folder)
        authority = (other.centre.places.authority / AUTHORITY).read_text()
    assert (folder / AUTHORITY).read_text() == authority
    assert (folder / KEY).read_bytes() == key
    assert {each.name for each in folder.iterdir()} == {
        AUTHORITY,
        KEY,
        "page.pem",
        "kiosk-2.pem",
        "kiosk-2-machine.pem",
        "kiosk-2-self-test.pem",
    }


async def refusal_of(trying: Awaitable[object]) -> str:
    with pytest.raises((RefusedError, EnrollingError)) as refused:
        await trying
    return str(getattr(refused.value, "refusal", ""))


async def test_why_a_unit_is_not_let_in(hub: Hub, tmp_path: Path) -> None:
    folder = tmp_path / "tls"
    assert await refusal_of(hub.join(CODE, folder)) == "nobody_awaited"
    code = await hub.desk.ask("kiosk-7", "kiosk")
    assert await refusal_of(hub.join(CODE, folder)) == "wrong_code"
    assert await refusal_of(hub.join(code, folder, "kiosk-8")) == "other_unit"
    assert await refusal_of(hub.join(code, folder, "kiosk-7", "board")) == "other_unit"
    newer = await hub.desk.ask("kiosk-7", "kiosk")
    assert await refusal_of(hub.join(code, folder)) == "code_over"
    nowhere = join("no-such-hub.invalid", code, "", "", folder, port=hub.port)
    assert await refusal_of(nowhere) == "nobody_there"
    hub.later = timedelta(days=-40 * 365)  # its clock was never set
    assert await refusal_of(hub.join(newer, folder)) == "hub_fails"
    hub.later = timedelta()
    hub.centre.places.site.unlink()
    assert await refusal_of(hub.join(newer, folder)) == "hub_fails"
    assert not (folder / AUTHORITY).exists()


async def test_codes_end_by_themselves(hub: Hub, tmp_path: Path) -> None:
    code = await hub.desk.ask("kiosk-7", "kiosk")
    await hub.desk.ask("kiosk-8", "kiosk")
    hub.later = codes.ASKED + timedelta(seconds=1)
    assert await hub.desk.open() == ()
    assert await refusal_of(hub.join(code, tmp_path / "tls")) in {"code_over", "nobody_awaited"}


async def test_a_card_names_who_comes_and_no_code_of_it_is_good_twice(
    hub: Hub, tmp_path: Path
) -> None:
    hub.centre.hub().expect("kiosk-7", "kiosk", CODE)
    assert hub.centre.told[-1] == "start --no-block queue-enrolment.service"
    hub.later = timedelta(days=29)
    await hub.desk.ask("kiosk-8", "kiosk")  # the door is opened at once
    await hub.join("k7qm 2wdx4t9p", tmp_path / "tls")
    hub.later = timedelta(days=800)
    hub.centre.hub(hub.later).expect("kiosk-7", "kiosk", CODE)
    assert await hub.desk.open() == ()
    await hub.desk.ask("kiosk-8", "kiosk")
    assert await refusal_of(hub.join(CODE, tmp_path / "other")) == "code_used"


async def test_codes_of_a_card_count_from_when_the_time_is_known(
    demo_settings: Settings, tmp_path: Path
) -> None:
    hub = Hub(tmp_path / "hub", demo_settings)
    hub.later, hub.knows_time = timedelta(days=-100), False
    hub.centre.hub(hub.later).expect("kiosk-7", "kiosk", CODE)
    async with hub.running():
        assert [each.unit for each in await hub.desk.open()] == ["kiosk-7"]
    hub.later, hub.knows_time = timedelta(), True
    async with hub.running():
        assert [each.unit for each in await hub.desk.open()] == ["kiosk-7"]
        while hub.codes().uncounted:
            await asyncio.sleep(0.01)
        hub.later = timedelta(days=29)
        assert [each.unit for each in await hub.desk.open()] == ["kiosk-7"]
        hub.later = timedelta(days=31)
        assert await hub.desk.open() == ()


async def test_the_codes_themselves_are_on_no_disk_and_in_nobodys_answer(hub: Hub) -> None:
    code = await hub.desk.ask("kiosk-7", "kiosk")
    kept = hub.centre.places.codes
    assert kept.stat().st_mode & 0o077 == 0o040  # of the folder's group, which is root's
    for letters in (code, code.replace("-", "")):
        assert letters not in kept.read_text()
        assert letters not in str(await hub.desk.open())


async def test_codes_that_nobody_is_given(hub: Hub) -> None:
    for unit, role, refusal in (
        ("kiosk", "board", "other_role"),
        ("Kiosk 7", "kiosk", "bad_id"),
        ("../module", "kiosk", "bad_id"),
        ("renewal", "kiosk", "bad_id"),
        ("kiosk-machine", "kiosk", "bad_id"),
        ("kiosk-self-test", "board", "bad_id"),
        ("k" * 41, "kiosk", "bad_id"),
        ("kiosk-7", "king", "bad_id"),
        ("kiosk-7", "", "unknown_unit"),
    ):
        assert await refusal_of(hub.desk.ask(unit, role)) == refusal, unit


async def test_a_desk_cannot_become_the_hub(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.enrolment_service.ROOT", os.getuid() + 1)
    for name in ("module", "desk", "consultations"):
        assert await refusal_of(hub.desk.ask(name)) == "not_allowed"
        assert await refusal_of(hub.desk.revoke(name)) == "not_allowed"
    assert await refusal_of(hub.desk.ask("desk-2", "desk")) == "not_allowed"
    assert await hub.desk.ask("kiosk")


async def test_the_command_asks_the_service_that_is_there(hub: Hub, tmp_path: Path) -> None:
    said: asyncio.Queue[str] = asyncio.Queue()
    waiting = asyncio.create_task(enrol(hub.service(), ["kiosk"], "", said.put_nowait, hub.socket))
    await hub.join((await said.get()).split()[-1], tmp_path / "tls")
    assert await waiting == "kiosk: enrolled."


async def test_several_come_at_once(hub: Hub, tmp_path: Path) -> None:
    names = [f"kiosk-{number}" for number in range(2, 6)]
    given = [(name, await hub.desk.ask(name, "kiosk")) for name in names]
    joined = await asyncio.gather(*(hub.join(code, tmp_path / name) for name, code in given))
    assert [each.unit for each in joined] == names


async def test_no_more_codes_than_somebody_could_have_meant(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "MOST_OPEN", 2)
    for name in ("kiosk-2", "kiosk-3"):
        await hub.desk.ask(name, "kiosk")
    assert await refusal_of(hub.desk.ask("kiosk-4", "kiosk")) == "too_many"


async def test_a_service_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert await refusal_of(Enrolling(tmp_path / "none").open()) == "hub_fails"


async def test_orders_that_are_none_do_not_end_the_service(hub: Hub) -> None:
    for line in (b"\n", b"{}\n", b"[" * 60_000 + b"\n", b"x" * 70_000, b'{"order": "open"}\n'):
        reader, writer = await asyncio.open_unix_connection(hub.socket)
        with suppress(ConnectionError):
            writer.write(line)
            assert await reader.read() == b""
        writer.close()
    assert (await hub.desk.order(Ask(["kiosk"]))).code


async def test_who_has_no_code_does_not_end_the_waiting(hub: Hub, tmp_path: Path) -> None:
    code = await hub.desk.ask("kiosk-7", "kiosk")
    name = key_of(code).name.encode()
    many = (b"[" * 90_000 + b"\n", b"x" * 300_000, b"\xff\xfe\x00 \xff\n")
    for line in (b"\n", b"x\n", *many, name + b" AAAA\n", name + b" not base64\n"):
        reader, writer = await asyncio.open_connection("127.0.0.1", hub.port)
        with suppress(ConnectionError):
            writer.write(line)
            assert await reader.read() == b""
        writer.close()
    assert (await hub.join(code, tmp_path / "tls")).unit == "kiosk-7"


async def test_one_guest_cannot_hold_the_door(hub: Hub, tmp_path: Path) -> None:
    await hub.desk.ask("kiosk-7", "kiosk")
    slow = [
        await asyncio.open_connection("127.0.0.1", hub.port) for _ in range(admission.MOST_OF_ONE)
    ]
    reader, writer = await asyncio.open_connection("127.0.0.1", hub.port)
    assert await reader.read() == b""
    for each in (writer, *(writer for _, writer in slow)):
        each.close()


def talk(meddle: Callable[[bytes], bytes]) -> Answer:
    """An exchange past somebody who says something else than the hub did."""
    key = key_of(CODE)
    answer = Answer("the authority", {}, Joined("kiosk-7", "kiosk", "", ""))
    line = sealed_request(key, Request("signing", unit_toml="a password"))
    assert opened_request(key, line).unit_toml == "a password"
    return opened_answer(key, line, meddle(sealed_answer(key, line, answer)))


def test_whoever_stands_between_reads_nothing_and_changes_nothing() -> None:
    said: list[bytes] = []

    def listen(line: bytes) -> bytes:
        said.append(line)
        return line

    assert talk(listen).authority == "the authority"
    assert b"authority" not in said[0]
    for bad in (
        lambda line: line[:60] + (b"B" if line[60:61] == b"A" else b"A") + line[61:],
        lambda line: said[0],  # the answer to another request
        lambda line: sealed_answer(Key("", "00" * 32), line, No(Refusal.CODE_USED)),
    ):
        with pytest.raises(ValueError, match="not sealed with our code"):
            talk(bad)


def test_a_code_is_known_by_a_name_that_is_no_part_of_its_key() -> None:
    key = key_of(CODE)
    assert key_name(sealed_request(key, Request("signing"))) == key.name
    assert key.name not in key.secret
