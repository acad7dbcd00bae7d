"""`rinda setup`: the model, what it has done, and the line to the screen."""

import asyncio
import logging
import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from appliance.setup import flow
from appliance.setup import inputs as i
from appliance.setup.acts import Acts
from appliance.setup.disk import Disk
from appliance.setup.effects import Effect
from appliance.setup.inputs import Input
from appliance.setup.model import State
from appliance.setup.told import LONGEST_LINE, Told, said, told

log = logging.getLogger(__name__)

LINE = Path("/run/rinda/setup.sock")
TICK_SECONDS = 0.5
GROUP = "rinda"


class Setup:
    """Owns the model. `acts` does what it decides."""

    def __init__(self, acts: Acts, line: Path) -> None:
        self._acts, self._line = acts, line
        self._inputs: asyncio.Queue[Input] = asyncio.Queue()
        self._model, self._first = flow.begin(time.monotonic())
        self._screens: set[asyncio.StreamWriter] = set()
        self._told: Told | None = None
        self._refused = 0

    async def run(self) -> None:
        """Until the unit is set up, or goes on as it was."""
        self._line.parent.mkdir(parents=True, exist_ok=True)
        self._line.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(self._serve, self._line, limit=LONGEST_LINE)
        self._line.chmod(0o660)
        if os.geteuid() == 0:
            _give(self._line)
        try:
            async with asyncio.TaskGroup() as tasks:
                ticking = tasks.create_task(self._tick())
                await self._go(tasks)
                ticking.cancel()
        finally:
            server.close()
            for each in self._screens:
                each.close()
            self._line.unlink(missing_ok=True)

    async def _go(self, tasks: asyncio.TaskGroup) -> None:
        working = tasks.create_task(self._work(self._first))
        while self._model.state is not State.DONE:
            given = await self._inputs.get()
            before = self._model.state
            self._model, effects = flow.step(self._model, given)
            if self._model.state is not before:
                log.info("%s", self._model.state)
            self._tell()
            if effects:
                working.cancel()
                working = tasks.create_task(self._work(effects))
        await working

    async def _work(self, effects: Sequence[Effect]) -> None:
        for effect in effects:
            await self._acts.do(effect, told(self._model), self._inputs.put_nowait)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self._inputs.put_nowait(i.Tick(time.monotonic()))

    def _tell(self) -> None:
        now = told(self._model)
        if now != self._told:
            self._told = now
            for each in self._screens:
                each.write(now.model_dump_json().encode() + b"\n")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One screen."""
        self._screens.add(writer)
        self._inputs.put_nowait(i.Watched(there=True))
        writer.write(told(self._model).model_dump_json().encode() + b"\n")
        try:
            while line := await reader.readline():
                self._hear(line)
        except (OSError, ValueError) as error:
            log.warning("the screen's line broke: %s", error)
        finally:
            self._screens.discard(writer)
            self._inputs.put_nowait(i.Watched(there=bool(self._screens)))
            writer.close()

    def _hear(self, line: bytes) -> None:
        try:
            self._inputs.put_nowait(said(line))
        except ValueError:
            self._refused += 1
            if self._refused == 1:
                log.warning("the screen said what nobody understands")


def main(root: Path, port: int) -> int:
    """Returns the exit status."""
    disk = Disk(root)
    asyncio.run(Setup(Acts(disk, port), disk.at(LINE)).run())
    return 0


def _give(line: Path) -> None:
    """To the screen's program, where there is one."""
    try:
        shutil.chown(line, group=GROUP)
    except LookupError:
        log.debug("there is no group %s", GROUP)
