"""How long a visitor keeps a counter: learned per service from the log, with no personal data.

The time runs from the call to the finish, so the way from the chair to the counter is part of it.
Times are taken as lognormal. A service starts from its prior and forgets it, as all else, slowly.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from math import exp, inf, log, sqrt
from statistics import NormalDist
from typing import Protocol

from queue_core.centre import USUAL
from queue_core.events import Recorded, TicketServed
from queue_core.evolve import evolve
from queue_core.model import State, Ticket

PRIOR_SPREAD = 0.6
"""Standard deviation of a prior on the log scale: two times in three within a factor of 1.8."""

PRIOR_WEIGHT = 5.0
"""How many served visitors a prior is worth."""

MEMORY = 300
"""A served visitor counts 1/e as much after so many later ones of the same service."""

DAY_SPREAD = 0.2
"""The day spread of what is learned."""

FURTHEST = 2.5
"""A time further out, in standard deviations, counts as this far: a finish that was forgotten."""

LEAST_SPREAD = 0.1
"""However alike the times were, they are taken to differ by this much."""

SHORTEST = 5.0
"""Seconds; a shorter time counts as this."""

_NORMAL = NormalDist()
_ALMOST_ONE = 1 - 1e-9


class Chance(Protocol):
    """What is asked of a source of randomness; `random.Random` is one."""

    def random(self) -> float:
        """A number from 0 up to, not including, 1."""

    def gauss(self, mu: float, sigma: float, /) -> float:
        """A normally distributed number."""


@dataclass(frozen=True, slots=True)
class ServiceTime:
    """One service's times on the log scale of seconds: their mean and standard deviation.

    `weight`: how many served visitors they rest on, after forgetting. `day_spread`: how far one
    day's mean may be from the long run's, on the log scale.
    """

    mean: float
    deviation: float
    weight: float
    day_spread: float = DAY_SPREAD

    @classmethod
    def known(cls, mean: timedelta, variation: float) -> "ServiceTime":
        """Beyond doubt; `variation` is the standard deviation as a share of the mean."""
        variance = log(1 + variation**2)
        return cls(log(mean.total_seconds()) - variance / 2, sqrt(variance), inf, 0.0)

    @classmethod
    def prior(cls, expected: timedelta) -> "ServiceTime":
        """What is believed before anybody was served."""
        mean = log(expected.total_seconds()) - PRIOR_SPREAD**2 / 2
        return cls(mean, PRIOR_SPREAD, PRIOR_WEIGHT)

    def learn(self, seconds: float) -> "ServiceTime":
        """With one more time, an outlier bounded."""
        bound = FURTHEST * self.deviation
        apart = min(max(log(max(seconds, SHORTEST)) - self.mean, -bound), bound)
        weight = self.weight * exp(-1 / MEMORY) + 1
        variance = (1 - 1 / weight) * (self.deviation**2 + apart**2 / weight)
        return ServiceTime(self.mean + apart / weight, max(sqrt(variance), LEAST_SPREAD), weight)

    def drawn(self, chance: Chance) -> "ServiceTime":
        """As it may truly be today: the mean is known only as well as its weight allows."""
        unsure = sqrt(self.deviation**2 / self.weight + self.day_spread**2)
        return replace(self, mean=chance.gauss(self.mean, unsure))

    def draw(self, chance: Chance) -> float:
        """Seconds of one visitor."""
        return exp(chance.gauss(self.mean, self.deviation))

    def draw_rest(self, chance: Chance, spent: float) -> float:
        """Seconds that one visitor still needs after `spent` seconds."""
        if spent <= SHORTEST:
            return self.draw(chance)
        gone = _NORMAL.cdf((log(spent) - self.mean) / self.deviation)
        share = min(gone + (1 - gone) * (1 - chance.random()), _ALMOST_ONE)
        return max(exp(self.mean + self.deviation * _NORMAL.inv_cdf(share)) - spent, 0.0)


@dataclass(frozen=True, slots=True)
class ServiceTimes:
    """What is known of every service's time."""

    services: Mapping[str, ServiceTime]

    @classmethod
    def prior(cls, expected: Mapping[str, timedelta]) -> "ServiceTimes":
        """Before anything was learned; `expected` is the mean time per service."""
        return cls({service: ServiceTime.prior(each) for service, each in expected.items()})

    def of(self, service: str) -> ServiceTime:
        """What is known of this service's time."""
        return self.services.get(service) or ServiceTime.prior(USUAL)

    def expected(self, service: str) -> timedelta:
        """The mean time."""
        time = self.of(service)
        return timedelta(seconds=exp(time.mean + time.deviation**2 / 2))

    def quantile(self, service: str, share: float) -> timedelta:
        """The time within which this share (0–1, exclusive) of visitors is finished."""
        time = self.of(service)
        return timedelta(seconds=exp(time.mean + time.deviation * _NORMAL.inv_cdf(share)))


def learn(times: ServiceTimes, service: str, seconds: float) -> ServiceTimes:
    """With one more visitor of this service, who kept a counter for `seconds`."""
    return ServiceTimes({**times.services, service: times.of(service).learn(seconds)})


def learn_from(times: ServiceTimes, served: Ticket) -> ServiceTimes:
    """With the time from the call to the finish of a served ticket; others teach nothing."""
    if not served.call or not served.ended_at or not served.given:
        return times
    return learn(times, served.service, (served.ended_at - served.call.at).total_seconds())


def learn_from_log(times: ServiceTimes, recorded: Iterable[Recorded]) -> ServiceTimes:
    """With all who were served in a log that begins with a day."""
    state = State()
    for each in recorded:
        state = evolve(state, each)
        if isinstance(each.event, TicketServed):
            times = learn_from(times, state.tickets[each.event.ticket])
    return times
