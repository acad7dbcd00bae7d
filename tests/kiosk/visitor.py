"""A visitor in front of the kiosk, without a display: steps in, the frame and the effects out."""

from dataclasses import replace
from datetime import datetime, timedelta

from kiosk import demo
from kiosk import model as m
from kiosk.flow import begin, step
from kiosk.frames import frame_of
from kiosk.model import Effect, Input
from kiosk.views import Choice, Choices, Frame, Notice
from messaging.messages import RefusalView, Reply, TicketView

REPLY_ID = "00000000-aaaa"


class Visitor:
    """Acts on what the frame offers, by the names of the buttons."""

    def __init__(self, now: datetime = demo.NOW, *, ready: bool = True) -> None:
        self.model = begin(demo.settings(), 100.0, now)
        self.effects: list[Effect] = []
        if ready:
            self.give(m.Connection(connected=True))
            self.give(m.CatalogueCame(demo.catalogue(demo.settings().to_centre(), now)))
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
        view = self.frame.view
        offered = view.choices if isinstance(view, Choices | Notice) else ()
        return {each.action: each for each in (*offered, *self.frame.foot)}

    def touch(self, *actions: str) -> None:
        """Presses one after another, each a second after the one before."""
        for each in actions:
            self.give(self.buttons()[each].pressed)
            self.wait(1)

    def give(self, given: Input) -> None:
        self.model, effects = step(self.model, given)
        self.effects += effects

    def wait(self, seconds: float) -> None:
        tick = m.Tick(self.model.seconds + seconds, self.model.now + timedelta(seconds=seconds))
        self.give(tick)

    def scan(self, text: str) -> None:
        self.give(m.Scanned(text))

    def answer(self, ticket: TicketView) -> None:
        self.give(m.ReplyCame(Reply(id=REPLY_ID, ticket=ticket)))

    def refuse(self, refusal: RefusalView) -> None:
        self.give(m.ReplyCame(Reply(id=REPLY_ID, refusal=refusal)))

    def sees(self, screen: type[m.Screen]) -> bool:
        return isinstance(self.model.screen, screen)

    def with_ticket_seconds(self, seconds: int) -> None:
        kiosk = self.model.settings.kiosk.model_copy(update={"ticket_seconds": seconds})
        settings = self.model.settings.model_copy(update={"kiosk": kiosk})
        self.model = replace(self.model, settings=settings)
