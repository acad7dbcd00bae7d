"""The queue's time."""

from datetime import timedelta

from queue_module.steady_clock import SteadyClock
from tests.conftest import MORNING
from tests.faults.world import MachineClock, World


def test_it_is_the_machines_and_never_goes_back() -> None:
    world = World(1, MORNING)
    machine = MachineClock(world=world)
    clock = SteadyClock(machine)
    clock.not_before(MORNING - timedelta(hours=1))
    assert clock.now() == MORNING
    machine.wrong.ahead = timedelta(seconds=-60)
    assert clock.now() == MORNING
    world.seconds = 100.0
    assert clock.now() == MORNING + timedelta(seconds=50)
    world.seconds = 130.0
    assert clock.now() == MORNING + timedelta(seconds=70)
    machine.wrong.ahead = timedelta()
    assert clock.now() == world.now


def test_after_a_restart_it_goes_on_from_the_last_event() -> None:
    machine = MachineClock(world=World(1, MORNING))
    machine.wrong.ahead = timedelta(days=-400)
    clock = SteadyClock(machine)
    clock.not_before(MORNING)
    assert clock.now() == MORNING
