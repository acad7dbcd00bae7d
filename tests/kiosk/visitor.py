"""A visitor in front of the kiosk, without a display: steps in, the frame and the effects out."""

from datetime import datetime, timedelta

from kiosk import demo
from kiosk import effects as e
from kiosk import inputs as i
from kiosk import model as m
from kiosk.effects import Effect
from kiosk.flow import begin, step
from kiosk.frames import frame_of
from kiosk.inputs import Input
from kiosk.views import Choice, Frame
from messaging.messages import RefusalView, Reply, TicketView
from queue_core.commands import Command

REPLY_ID = "00000000-aaaa"


class Visitor:
    """Acts on what the frame offers, by the names of the buttons."""

    def __init__(self, now: datetime = demo.NOW, *, ready: bool = True) -> None:
        self.model = begin(demo.settings(), 100.0, now)
        self.effects: list[Effect] = []
        if ready:
            self.give(i.Connection(connected=True))
            self.give(i.ScannerThere(there=True))
            self.give(i.CatalogueCame(demo.catalogue(demo.settings().to_centre(), now)))
        self.wait(1)

    @property
    def frame(self) -> Frame:
        return frame_of(self.model)

    @property
    def words(self) -> str:
        """All that is on the screen."""
        return str(self.frame)

    def buttons(self) -> dict[str, Choice]:
        """Everything that can be pressed now, by action."""
        return {each.action: each for each in self.frame.choices()}

    def touch(self, *actions: str) -> None:
        """Presses one after another, each a second after the one before."""
        for each in actions:
            self.give(self.buttons()[each].pressed)
            self.wait(1)

    def give(self, given: Input) -> None:
        self.model, effects = step(self.model, given)
        self.effects += effects

    def wait(self, seconds: float) -> None:
        tick = i.Tick(self.model.seconds + seconds, self.model.now + timedelta(seconds=seconds))
        self.give(tick)

    def scan(self, text: str) -> None:
        self.give(i.Scanned(text))

    def answer(self, ticket: TicketView | None) -> None:
        self.answer_to(self.asked, ticket)

    def answer_to(self, command: Command, ticket: TicketView | None) -> None:
        self.give(i.ReplyCame(Reply(id=REPLY_ID, ticket=ticket), command))

    def refuse(self, refusal: RefusalView) -> None:
        self.give(i.ReplyCame(Reply(id=REPLY_ID, refusal=refusal), self.asked))

    @property
    def asked(self) -> Command:
        """The command that was sent last."""
        sent = [each for each in self.effects if isinstance(each, e.SendCommand)]
        return sent[-1].command

    def key_in(self, characters: str) -> None:
        """Presses one key after another, quickly; the same one twice not so quickly."""
        for before, each in zip(f" {characters}", characters, strict=False):
            self.wait(0.4 if each == before else 0.1)
            self.give(self.buttons()[f"key:{each}"].pressed)
        self.wait(1)

    def sees(self, screen: type[m.Screen]) -> bool:
        return isinstance(self.model.screen, screen)


def asks_for_service(language: str = "lv") -> Visitor:
    """A visitor whose command for a ticket is under way."""
    visitor = Visitor()
    if language == "en":
        visitor.touch("language")
    visitor.touch("need_service", "institution:vsaa", "service:vsaa-pensija")
    return visitor
