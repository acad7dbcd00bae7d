"""How units join a centre, are renewed and shut out: real TLS, real Mosquitto."""

import asyncio
import os
import shutil
import socket
import ssl
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from appliance.authority import AHEAD, LIFE, Authority, new_key
from appliance.codes import Codes
from appliance.enrolment import CODE_LENGTH, LETTERS, EnrolmentError, RefusedError, new_code
from appliance.enrolment_service import EnrolmentService
from appliance.joining import join_hub
from config.load import ConfigError
from config.programs import BrokerSettings
from config.settings import Settings
from messaging.codec import BadMessageError
from messaging.credentials import AUTHORITY, KEY, Credentials, names_of, tls_context
from messaging.link import Link, Unit
from messaging.messages import Role, UnitStatus
from messaging.topics import Topics
from queue_module.health import Health
from rinda.broker import free_port
from rinda.command import main
from rinda.enrolling import enrol
from tests.conftest import DEMO, MORNING, ROOT
from tests.parts import Supervised, wait_until
from tests.secure import ROLES, SecureCentre

CODE = "K7QM-2WDX-4T9P"
OTHER = 12345
"""A user who is not root."""


@pytest.fixture
def centre(tmp_path: Path, demo_settings: Settings) -> Iterator[SecureCentre]:
    made = SecureCentre(tmp_path / "centre", demo_settings)
    with made.broker:
        yield made


def new_unit(centre: SecureCentre, folder: Path) -> Settings:
    """The settings of a unit that was never enrolled."""
    folder.mkdir()
    broker = centre.settings.broker.model_copy(update={"tls": str(folder / "tls")})
    return centre.settings.model_copy(update={"broker": broker})


@contextmanager
def connected(folder: Path, port: int, name: str = "kiosk") -> Iterator[Client]:
    """A client with these certificates; `client.is_connected()` says whether it was let in."""
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    Credentials(folder, name).secure(client)
    client.connect("127.0.0.1", port)
    client.loop_start()
    try:
        yield client
    finally:
        client.disconnect()
        client.loop_stop()


def is_let_in(folder: Path, port: int) -> bool:
    ended = threading.Event()
    try:
        with connected(folder, port) as client:
            client.on_disconnect = lambda *_: ended.set()
            wait_until(lambda: client.is_connected() or ended.is_set())
            return client.is_connected()
    except OSError:
        return False


async def test_a_unit_joins_with_the_code_that_the_hub_says(
    centre: SecureCentre, tmp_path: Path
) -> None:
    unit, port, said = new_unit(centre, tmp_path / "unit"), free_port(), asyncio.Queue[str]()
    service = EnrolmentService(
        centre.hub, lambda: Codes(centre.places.codes, datetime.now(UTC)), Supervised(), port
    )
    hub = asyncio.create_task(
        enrol(service, ["kiosk", "bridge"], "", said.put_nowait, tmp_path / "none")
    )
    code = (await said.get()).split()[-1]
    joining = asyncio.to_thread(join_hub, unit, code, port)
    assert await joining == "Enrolled as kiosk."
    assert await hub == "kiosk, bridge: enrolled."
    folder = Path(unit.broker.tls)
    assert {each.name for each in folder.iterdir()} == {
        AUTHORITY,
        KEY,
        *(f"{name}.pem" for unit in ("kiosk", "bridge") for name in names_of(unit)),
    }
    assert stat.S_IMODE((folder / KEY).stat().st_mode) == 0o640
    assert centre.told[-1] == "try-restart mosquitto.service"  # another had these names before
    centre.broker.kill()
    centre.broker.start()
    assert await asyncio.to_thread(is_let_in, folder, centre.port)
    assert not await asyncio.to_thread(is_let_in, centre.folder / "units", centre.port)
    with pytest.raises(RefusedError, match="awaits no unit"):
        await asyncio.to_thread(join_hub, unit, code, port)


def test_a_unit_that_is_shut_out_is_told_nothing_and_has_no_rights(centre: SecureCentre) -> None:
    centre.hub().revoke(["kiosk"])
    assert centre.told[-1] == "try-restart mosquitto.service"
    centre.broker.kill()
    centre.broker.start()
    assert not is_let_in(centre.folder / "units", centre.port)
    assert "user kiosk\n" not in (centre.folder / "mosquitto" / "access.acl").read_text()


def test_a_unit_that_the_settings_no_longer_list_can_be_shut_out(centre: SecureCentre) -> None:
    centre.settings = centre.settings.model_copy(update={"identity": ()})
    assert centre.hub().revoke(["kiosk"]) == "kiosk: shut out."
    issued = {each.name for each in (centre.folder / "authority" / "issued").iterdir()}
    assert "desk.pem" in issued
    assert not issued & {"kiosk.pem", "kiosk-machine.pem", "kiosk-self-test.pem"}
    for hubs_own in ("broker", "renewal"):
        with pytest.raises(EnrolmentError, match="a stolen hub"):
            centre.hub().revoke([hubs_own])


def test_without_a_certificate_of_this_centre_nobody_is_let_in(
    centre: SecureCentre, tmp_path: Path, demo_settings: Settings
) -> None:
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", centre.port)) as line,
        anybody.wrap_socket(line) as secured,
        pytest.raises(ssl.SSLError, match="required"),
    ):
        secured.recv(1)
    other = SecureCentre(tmp_path / "other", demo_settings)
    assert not is_let_in(other.folder / "units", centre.port)


def test_a_new_authority_shuts_the_stolen_one_out(centre: SecureCentre, tmp_path: Path) -> None:
    units, stolen = centre.folder / "units", tmp_path / "stolen"
    shutil.copytree(units, stolen)
    for each in ("authority", "mosquitto"):
        shutil.rmtree(centre.folder / each)
        (centre.folder / each).mkdir()
    assert centre.hub().enrol_here(["kiosk"]) == "kiosk: enrolled on this hub."
    centre.broker.kill()
    centre.broker.start()
    assert is_let_in(units, centre.port)
    assert not is_let_in(stolen, centre.port)


def shake_hands(server: Path, key: Path, client: ssl.SSLContext) -> None:
    """As far as the client's mind about this server's certificate. Raises SSLError."""
    posing = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    posing.load_cert_chain(server, key)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    near = client.wrap_bio(to_client, to_server)
    far = posing.wrap_bio(to_server, to_client, server_side=True)
    for end in (near, far):
        with suppress(ssl.SSLWantReadError):
            end.do_handshake()
    near.do_handshake()


def test_no_unit_can_pose_as_the_hub(centre: SecureCentre) -> None:
    units, hub = centre.folder / "units", centre.folder / "mosquitto"
    ours = tls_context(units / AUTHORITY, units / "kiosk.pem", units / KEY)
    shake_hands(hub / "broker.pem", hub / KEY, ours)
    with pytest.raises(ssl.SSLCertVerificationError, match="purpose"):
        shake_hands(units / "display.pem", units / KEY, ours)


def test_a_unit_whose_clock_is_wrong_knows_its_hub(tmp_path: Path) -> None:
    """To a certificate that has ended, it is the same as if the clock ran ahead."""
    long_ago = Authority(tmp_path / "authority", "demo", MORNING - 5 * LIFE)
    key = new_key(tmp_path / "hub.key")
    for name in ("broker", "kiosk"):
        ended = long_ago.issue(name, key.public_key(), server=name == "broker")
        (tmp_path / f"{name}.pem").write_text(ended)
    ours = tls_context(
        tmp_path / "authority" / AUTHORITY, tmp_path / "kiosk.pem", tmp_path / "hub.key"
    )
    shake_hands(tmp_path / "broker.pem", tmp_path / "hub.key", ours)


def test_a_hub_whose_clock_is_slow_issues_nothing(centre: SecureCentre) -> None:
    with pytest.raises(EnrolmentError, match="set it right first"):
        centre.hub(timedelta(days=-40 * 365))


def test_what_a_unit_that_is_shut_out_said_of_itself_is_forgotten(centre: SecureCentre) -> None:
    units, topic = centre.folder / "units", "rinda/v1/demo/unit/kiosk/status"
    with connected(units, centre.port) as kiosk:
        wait_until(kiosk.is_connected)
        kiosk.publish(topic, b"well", qos=1, retain=True).wait_for_publish(10)
    heard: list[bytes] = []
    with connected(units, centre.port, "desk") as desk:
        wait_until(desk.is_connected)
        desk.on_message = lambda _, __, message: heard.append(bytes(message.payload))
        desk.subscribe(topic)
        wait_until(lambda: heard == [b"well"])
        centre.hub().revoke(["kiosk"])
        wait_until(lambda: heard == [b"well", b""])


def leave_behind(topic: str, folder: Path, port: int) -> None:
    """Connect with a last will, if that is allowed, and be gone without a word."""
    ended = threading.Event()
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    Credentials(folder, "kiosk").secure(client)
    client.on_disconnect = lambda *_: ended.set()
    client.will_set(topic, b"gone", qos=1)
    client.connect("127.0.0.1", port)
    client.loop_start()
    wait_until(lambda: client.is_connected() or ended.is_set())
    client.loop_stop()
    with suppress(AttributeError):  # it was refused, and has no line
        cast("socket.socket", client.socket()).shutdown(socket.SHUT_RDWR)


def test_a_last_will_on_the_topic_of_another_is_nobodys(centre: SecureCentre) -> None:
    units = centre.folder / "units"
    heard: list[str] = []
    with connected(units, centre.port, "desk") as desk:
        wait_until(desk.is_connected)
        desk.on_message = lambda _, __, message: heard.append(message.topic)
        desk.subscribe("rinda/v1/demo/unit/#")
        for topic in ("rinda/v1/demo/unit/display/status", "rinda/v1/demo/unit/kiosk/status"):
            leave_behind(topic, units, centre.port)
        wait_until(lambda: heard)
    assert heard == ["rinda/v1/demo/unit/kiosk/status"]


def test_certificates_are_renewed_over_the_link_ahead_of_their_end(centre: SecureCentre) -> None:
    units = centre.folder / "units"
    before = (units / "kiosk.pem").read_text()
    told = f"{len(ROLES)} units told."
    status = UnitStatus(unit="kiosk", role=Role.KIOSK, version="test", online=True)
    link = Link(centre.settings.broker, Topics("demo"), Unit(status), lambda task: task())
    link.start()
    try:
        wait_until(lambda: link.connected)
        assert centre.hub(LIFE - AHEAD - timedelta(days=1)).renew() == f"0 renewed, {told}"
        late = centre.hub(LIFE - AHEAD + timedelta(days=1))
        assert late.renew() == f"{3 * len(ROLES) + 2} renewed, {told}"
        wait_until(lambda: (units / "kiosk.pem").read_text() != before)
        assert is_let_in(units, centre.port)
    finally:
        link.stop()
    assert link.refused_messages == 0


class Told(Link):
    """Keeps what the module reports of itself."""

    faults: tuple[str, ...] = ()

    def report(self, status: UnitStatus) -> None:
        self.faults = status.faults


def test_the_module_tells_when_nobody_renews(centre: SecureCentre, tmp_path: Path) -> None:
    status = UnitStatus(unit="module", role=Role.MODULE, version="test", online=True)
    made = centre.settings.to_clock().now()

    def told(since: timedelta) -> tuple[str, ...]:
        link = Told(centre.settings.broker, Topics("demo"), Unit(status), lambda task: task())
        health = Health(status, link, tmp_path / "queue.db", backed_up=False)
        (centre.folder / "units" / "module.pem").rename(centre.folder / "away")
        health.report(None, made)
        assert link.faults == ("not_renewed",)
        (centre.folder / "away").rename(centre.folder / "units" / "module.pem")
        health.report(None, made + since)
        return link.faults

    assert told(LIFE - AHEAD) == ()
    assert told(LIFE - AHEAD + timedelta(days=70)) == ("not_renewed",)


def test_a_certificate_for_another_key_is_not_kept(centre: SecureCentre) -> None:
    units = centre.folder / "units"
    before = (units / "kiosk.pem").read_text()
    foreign = (centre.folder / "mosquitto" / "broker.pem").read_text()
    with pytest.raises(BadMessageError, match="not a certificate for our key"):
        Credentials(units, "kiosk").renew({"kiosk": foreign})
    Credentials(units, "kiosk").renew({"desk": foreign, "../key": foreign})
    assert (units / "kiosk.pem").read_text() == before
    assert not [each for each in units.iterdir() if each.suffix == ".new"]


def test_a_unit_that_was_not_enrolled_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="see `rinda enrol`"):
        Credentials.of(BrokerSettings(tls=str(tmp_path)), "kiosk")


@pytest.mark.parametrize("name", ["", "nobody"])
def test_only_who_is_listed_is_enrolled(centre: SecureCentre, name: str) -> None:
    with pytest.raises(EnrolmentError, match="identity"):
        centre.hub().enrol_here([name] if name else [])


def test_keys_are_the_authoritys_own_and_never_leave(tmp_path: Path) -> None:
    folder = tmp_path / "authority"
    made = Authority(folder, "demo", MORNING)
    assert made.certificate == Authority(folder, "demo", MORNING).certificate
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert "PRIVATE" not in made.certificate + made.revoked


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives up rights")
def test_root_needs_no_right_but_to_give_files_away(tmp_path: Path) -> None:
    """The folder belongs to the unit's programs; systemd takes from root what it needs not."""
    folder = tmp_path / "tls"
    folder.mkdir()
    os.chown(folder, OTHER, OTHER)
    folder.chmod(0o770)
    task = "import sys; from pathlib import Path; from appliance import joining as j; "
    task += "j.unit_key(Path(sys.argv[1])); j.keep(Path(sys.argv[1]), 'authority', {'kiosk': ''})"
    rights = ["--bounding-set=-all,+chown", f"--groups={OTHER}"]
    command = ["setpriv", *rights, sys.executable, "-c", task, str(folder)]
    for _ in range(2):
        assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0
    for name in (KEY, AUTHORITY, "kiosk.pem"):
        status = (folder / name).stat()
        assert (status.st_uid, stat.S_IMODE(status.st_mode)) == (OTHER, 0o640)


def test_a_code_has_sixty_bits_and_no_letter_that_is_read_for_another() -> None:
    assert (len(LETTERS), CODE_LENGTH) == (32, 12)
    assert not set("IO01") & set(LETTERS)
    assert new_code() != new_code()


def test_the_command_says_what_it_did_or_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unit = tmp_path / "unit.toml"
    unit.write_text(f'[desk]\ntls = "{tmp_path}"\n')
    files = ["--site", str(DEMO / "site.toml"), "--unit", str(unit)]
    assert main(["page", "hub.local", "127.0.0.1", *files]) == 0
    assert "page.pem" in capsys.readouterr().out
    assert main(["enrol", "--join", CODE, *files]) == 1
    assert "[broker]" in capsys.readouterr().err
    hub = [*files, "--authority", str(tmp_path / "authority"), "--broker", str(tmp_path / "hub")]
    for elsewhere in (["revoke", "kiosk"], ["renew"]):  # not on the hub: nobody is shut out there
        assert main([*elsewhere, *hub]) == 1
        assert "Is this the hub?" in capsys.readouterr().err
    assert main(["enrol", "--serve", *hub]) == 1
    assert "queue-enrolment.socket" in capsys.readouterr().err
    assert main(["enrol", "kiosk-2", *hub]) == 1
    assert "knows no unit of this id" in capsys.readouterr().err
