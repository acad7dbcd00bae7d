"""The controller: a press is waited for at each counter, whose lamp and display show which."""

import asyncio
import secrets
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

from config.programs import BridgeSettings
from firmware_bridge import frames
from firmware_bridge.frames import ButtonPressed, Capability, Frame, Lamp, SetLamp, ShowNumber
from firmware_bridge.line import Line
from firmware_bridge.link import Link
from messaging.messages import Finding
from selftest.findings import bad, good
from selftest.person import Person
from texts import Language

START_SECONDS = 5.0
"""A controller starts in less."""

PRESS_SECONDS = 60.0
"""Somebody walks to the counter."""

TURN_SECONDS = 0.02


def try_buttons(
    bridge: BridgeSettings, counters: Mapping[str, str], person: Person, language: Language
) -> Finding:
    """`counters`: what people call each counter, by its id."""
    names = [counters[each] for each in bridge.counters]
    return asyncio.run(_Controller(bridge).ask(names, person, language))


class _Controller:
    """The unit's controller during the self-test, for one event loop."""

    def __init__(self, bridge: BridgeSettings) -> None:
        self._link = Link(0, first_session=1 + secrets.randbelow(0xFFFF))
        self._line = Line(bridge.port, bridge.baud, self._arrived)
        self._pressed: list[int] = []

    async def ask(self, names: Sequence[str], person: Person, language: Language) -> Finding:
        try:
            if not await self._comes_up():
                return bad("buttons", "controller_offline")
            if not (names and person.present):
                return good("buttons", "controller_good")
            for place, name in enumerate(names, 1):
                person.tell(
                    language.text("Press a button at this counter: {counter}", counter=name)
                )
                if trouble := await self._wait_for(place, name, person):
                    return trouble
            shows = self._link.peer & (Capability.LAMPS | Capability.NUMBERS)
            if shows and not person.agrees(
                language.text("Did the lamp blink and the display show 888 at each counter?")
            ):
                return bad("buttons", "displays_dark")
            return good("buttons", "buttons_good", count=len(names))
        finally:
            self._line.close()

    async def _comes_up(self) -> bool:
        deadline = time.monotonic() + START_SECONDS
        await self._turn()
        while self._line.is_open and not self._link.up and time.monotonic() < deadline:
            await self._turn()
        return self._link.up

    async def _wait_for(self, place: int, name: str, person: Person) -> Finding | None:
        """What is wrong with the button of this place."""
        self._pressed.clear()
        await self._show(SetLamp(place, Lamp.BLINKING), ShowNumber(place, "888"))
        deadline = time.monotonic() + PRESS_SECONDS
        while not self._pressed and not person.gives_up(0) and time.monotonic() < deadline:
            await self._turn()
        await self._show(SetLamp(place, Lamp.OFF), ShowNumber(place, ""))
        if not self._link.up:
            return bad("buttons", "controller_offline")
        if not self._pressed:
            return bad("buttons", "button_silent", counter=name)
        if self._pressed[0] != place:
            return bad("buttons", "button_swapped", counter=name, number=self._pressed[0])
        return None

    async def _show(self, *shown: Frame) -> None:
        """Until the controller has all of it, or is lost."""
        deadline = time.monotonic() + START_SECONDS
        for each in shown:
            while not self._link.ready and time.monotonic() < deadline:
                await self._turn()
            if self._link.ready:
                self._link.send(frames.write(each))
        await self._turn()

    async def _turn(self) -> None:
        self._line.open(time.monotonic())
        self._line.write(self._link.transmit(_milliseconds()))
        await asyncio.sleep(TURN_SECONDS)

    def _arrived(self, data: bytes) -> None:
        for message in self._link.receive(data, _milliseconds()):
            with suppress(ValueError):  # a frame of a newer controller
                frame = frames.read(message)
                if isinstance(frame, ButtonPressed):
                    self._pressed.append(frame.place)


def _milliseconds() -> int:
    return int(time.monotonic() * 1000)
