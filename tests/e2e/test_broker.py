"""The broker of demonstrations and tests: ours and no stranger's, and ended whatever it does."""

import os
import signal
import socket
from pathlib import Path

import pytest

from rinda.broker import Broker, free_port
from rinda.errors import CentreError
from tests.e2e.processes import running_below


def test_a_stranger_on_the_port_is_not_taken_for_ours(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        broker = Broker(tmp_path / "broker", stranger.getsockname()[1])
        with pytest.raises(CentreError, match="did not start on port"):
            broker.start()
    assert running_below(tmp_path) == {}
    broker.start()  # what the log said of earlier starts does not count
    broker.stop()
    assert (tmp_path / "broker" / "mosquitto.log").read_text().count(" running\n") == 1


def test_a_broker_that_does_not_listen_to_signals_is_ended(tmp_path: Path) -> None:
    broker = Broker(tmp_path / "broker", free_port())
    broker.start()
    (process,) = running_below(tmp_path)
    os.kill(process, signal.SIGSTOP)
    broker.stop(seconds=0.1)
    assert running_below(tmp_path) == {}
