"""What all events came to, as text, so that a start need not read them all again.

It is as good as a replay only under the same rules: `rules` changes with any of their sources and
with the times from which learning starts, and what was kept under other rules is not used.
"""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter

import queue_core
from queue_core.model import State
from queue_core.service_times import ServiceTimes
from queue_core.tickets import plain, whole


@dataclass(frozen=True, slots=True)
class Memory:
    """The state of the queue, and what was learned of the services' times."""

    state: State
    times: ServiceTimes


_MEMORY = TypeAdapter(Memory)


def rules(prior: ServiceTimes) -> str:
    """The version of the rules that make a memory; `prior` is what learning starts from."""
    told = hashlib.sha256(repr(sorted(prior.services.items())).encode())
    folder = Path(queue_core.__file__).parent
    for source in (*sorted(folder.rglob("*.py")), Path(__file__)):
        told.update(source.read_bytes())
    return told.hexdigest()


def encode(memory: Memory) -> str:
    """As it is kept."""
    return _MEMORY.dump_json(replace(memory, state=plain(memory.state))).decode()


def decode(text: str) -> Memory:
    """Raises ValueError for anything else."""
    memory = _MEMORY.validate_json(text)
    return replace(memory, state=whole(memory.state))
