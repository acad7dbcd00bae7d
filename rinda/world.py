"""The world around the demonstration's devices: one door for the page and for the command line."""

from collections.abc import Iterator, Mapping
from functools import partial

from drivers.switches import Position, Switch, Switches
from messaging.booking_code import qr_text
from rinda.centre_at_hand import CentreAtHand, demonstration_codes
from rinda.errors import CentreError
from texts import Language


class World:
    """Its devices by name, each with its switches."""

    def __init__(self, centre: CentreAtHand) -> None:
        self._centre = centre
        own: Mapping[str, Switches] = {
            "printer": centre.printer.switches,
            "scanner": {"scan": self._scan()},
            "controller": centre.controller.switches,
        }
        self.devices = {name: {**own[name], **centre.wires[name].switches} for name in own}

    def turn(self, device: str, switch: str, position: str) -> None:
        """Make it so. Raises CentreError for what there is not."""
        try:
            self.devices[device][switch].positions[position].take()
        except KeyError as missing:
            raise CentreError(f"there is no {missing.args[0]}") from None

    def lines(self) -> Iterator[str]:
        """What can be said to `turn`, and in brackets how it is now."""
        for device, switches in self.devices.items():
            for name, switch in switches.items():
                now = switch.now()
                places = (f"[{each}]" if each == now else each for each in switch.positions)
                yield f"  {device} {name}  {' | '.join(places)}"

    def _scan(self) -> Switch:
        codes = {
            code.lower(): Position(
                partial(_appointment, code), partial(self._hold, qr_text("demo", code))
            )
            for code in demonstration_codes()
        }
        ticket = Position(lambda w: w.text("the latest paper ticket"), self._hold_ticket)
        foreign = Position(
            lambda w: w.text("a foreign code"), partial(self._hold, "https://example.com/")
        )
        return Switch(
            lambda w: w.text("Hold to it"), {"ticket": ticket, **codes, "foreign": foreign}
        )

    def _hold(self, code: str) -> None:
        self._centre.scanner.scan(code)

    def _hold_ticket(self) -> None:
        if self._centre.printer.tickets:
            self._hold(self._centre.printer.tickets[-1].code)


def _appointment(code: str, language: Language) -> str:
    return language.text("appointment {code}", code=code)
