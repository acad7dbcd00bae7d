"""Samples of durations and how they are printed."""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Sample:
    """Durations of one thing, in seconds."""

    name: str
    seconds: list[float] = field(default_factory=list)

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Time a block."""
        start = time.perf_counter()
        yield
        self.seconds.append(time.perf_counter() - start)

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.seconds)

    @property
    def worst(self) -> float:
        """The 99th percentile, or the longest of fewer than a hundred."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, round(len(ordered) * 0.99))]


def row(sample: Sample, floor: float, words: str) -> str:
    """One line of the table: what, median, p99, floor, ratio."""
    return (
        f"| {sample.name} | {sample.median * 1000:.1f} ms | {sample.worst * 1000:.1f} ms "
        f"| {words}: {floor * 1000:.2f} ms | {sample.median / floor:.1f} × |"
    )
