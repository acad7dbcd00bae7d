"""Broker and module, real ones."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from config.programs import BrokerSettings
from config.settings import Settings
from messaging.codec import encode
from messaging.messages import CatalogueState, SelfTestReport
from queue_core.centre import Centre
from rinda.broker import CONFIGURATION, Broker, free_port
from rinda.observer import Observer
from selftest.session import Session
from tests.conftest import MORNING
from tests.parts import TOPICS, ModuleThread, UnitThread, clock_at, wait_until
from tests.secure import SecureCentre

REPORT = SelfTestReport(unit="kiosk", name={}, version="test", at=MORNING)


@pytest.fixture
def session(broker: Broker) -> Iterator[Session]:
    with closing(session_with(broker.port)) as session:
        yield session


def session_with(port: int, seconds: float = 1.0) -> Session:
    return Session(BrokerSettings(port=port), TOPICS, "kiosk", clock_at(MORNING).now, seconds)


def test_the_broker_keeps_the_report_and_the_module_gives_the_time(
    broker: Broker, centre: Centre, tmp_path: Path
) -> None:
    module = ModuleThread(
        centre, tmp_path / "queue.db", broker.port, clock_at(MORNING - timedelta(seconds=40))
    )
    with (
        module,
        Observer("demo", broker.port) as observer,
        closing(session_with(broker.port, 10)) as session,
    ):
        finding = session.try_broker(REPORT)
        assert finding.code == "broker_good"
        assert int(finding.facts["milliseconds"]) >= 1
        topic = TOPICS.self_test("kiosk")
        observer.wait(lambda: observer.latest(topic, SelfTestReport) == REPORT, "the report")
        assert session.try_module().code == "module_good"
        assert session.ahead == pytest.approx(40, abs=2)


def test_a_module_that_only_the_broker_remembers_does_not_speak(
    session: Session, broker: Broker
) -> None:
    state = CatalogueState(
        sequence=1, at=MORNING, name={}, timezone="Europe/Riga", languages=("lv",), institutions=()
    )
    unit = UnitThread(broker.port)
    unit.listen(TOPICS.catalogue)
    with unit:
        wait_until(lambda: unit.link.connected)
        unit.call(lambda: unit.link.publish(TOPICS.catalogue, encode(state), retain=True))
        unit.call(lambda: unit.link.publish(TOPICS.catalogue, b"{", retain=False))
        wait_until(lambda: unit.arrived.qsize() == 2)
        assert session.try_broker(REPORT).code == "broker_good"
        assert session.try_module().code == "module_silent"
    assert session.ahead is None


def test_an_absent_broker_is_found_when_it_is_back(broker: Broker) -> None:
    port = broker.port
    broker.stop()
    with closing(session_with(port)) as session:
        assert session.try_broker(REPORT).code == "broker_unreachable"
        assert session.try_module().code == "needs_broker"
        assert session.tell(REPORT) is None
        broker.start()
        assert session.try_broker(REPORT).code == "broker_good"
        broker.stop()
        wait_until(lambda: session.tell(REPORT) is None)


def test_a_name_that_nobody_knows_is_no_broker() -> None:
    session = Session(
        BrokerSettings(host="hub.invalid"), TOPICS, "kiosk", clock_at(MORNING).now, 1.0
    )
    assert session.try_broker(REPORT).code == "broker_unreachable"


@pytest.mark.parametrize(
    ("anonymous", "code"), [("anonymous false", "refused"), ("anonymous true", "forgets")]
)
def test_a_broker_that_lets_nobody_in_or_takes_nothing(
    tmp_path: Path, anonymous: str, code: str
) -> None:
    (tmp_path / "acl").write_text("topic read #\n")
    rules = f"{CONFIGURATION}acl_file {tmp_path}/acl\n".replace("anonymous true", anonymous)
    with (
        Broker(tmp_path, free_port(), rules) as broker,
        closing(session_with(broker.port)) as session,
    ):
        assert session.try_broker(REPORT).code == f"broker_{code}"


def test_a_unit_is_let_in_with_the_certificate_of_its_self_test(
    tmp_path: Path, demo_settings: Settings
) -> None:
    secure = SecureCentre(tmp_path / "secure", demo_settings)

    def finding() -> str:
        session = Session(secure.settings.broker, TOPICS, "kiosk", clock_at(MORNING).now, 2.0)
        with closing(session):
            return session.try_broker(REPORT).code

    with secure.broker:
        assert finding() == "broker_good"
    secure.hub().revoke(["kiosk"])
    with secure.broker:
        assert finding() == "broker_refused"
        (secure.folder / "units" / "kiosk-self-test.pem").unlink()
        assert finding() == "broker_refused"
