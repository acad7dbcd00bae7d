"""Whatever visitors do and the world answers: a screen, a way on, and the start in the end."""

import random

import pytest

from drivers.printer import PrintOutcome, PrintResult
from kiosk import demo
from kiosk import effects as e
from kiosk import inputs as i
from kiosk import model as m
from kiosk.patience import MAINTENANCE_SECONDS, cut_off
from kiosk.views import Choices, choices_in
from messaging.booking_code import qr_text, ticket_qr
from messaging.messages import RefusalView, Reply, TicketView
from queue_core.commands import CheckIn, FindTicket, Rate, TakeTicket
from queue_core.life import Status
from queue_core.refusals import RefusalCode
from tests.kiosk.visitor import Visitor

MOST_STEPS = 60
OUTCOMES = (
    PrintOutcome(PrintResult.PRINTED),
    PrintOutcome(PrintResult.FAILED, "paper_out"),
    PrintOutcome(PrintResult.FAILED),
    PrintOutcome(PrintResult.UNKNOWN),
    PrintOutcome(PrintResult.TAKEN_BACK),
)
FACTS = {"number": "K 001", "starts_at": demo.NOW.isoformat()}
OFFERED = demo.catalogue(demo.settings().to_centre())
POORER = OFFERED.model_copy(
    update={"institutions": OFFERED.institutions[:3], "computer_service": ""}
)


class World:
    """Answers, or does not; everything is drawn from one source of chance."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.visitor = Visitor()
        self.tickets = 0
        self.printed: list[str] = []

    def goes_on(self) -> None:
        before = len(self.visitor.effects)
        self.chance.choice((self.touches, self.touches, self.touches, self.happens, self.waits))()
        for each in self.visitor.effects[before:]:
            self.meets(each)

    def touches(self) -> None:
        offered = list(self.visitor.buttons().values())
        if offered:
            self.visitor.give(self.chance.choice(offered).pressed)

    def waits(self) -> None:
        self.visitor.wait(self.chance.choice((0.1, 1, 1, 15, 100)))

    def happens(self) -> None:
        code = self.chance.choice((qr_text("demo", demo.CODE), ticket_qr("demo", "a" * 16), "?"))
        self.visitor.give(
            self.chance.choice(
                (
                    i.Scanned(code),
                    i.Scanned(code),
                    i.ScannerThere(self.chance.random() < 0.5),
                    i.Connection(self.chance.random() < 0.8),
                    i.CatalogueCame(self.chance.choice((OFFERED, POORER))),
                    i.Failed(),
                    i.TouchName(),
                    i.PinChecked(self.chance.random() < 0.5),
                    i.SelfTested(demo.self_test()),
                )
            )
        )

    def meets(self, effect: e.Effect) -> None:
        match effect:
            case e.SendCommand(TakeTicket() | CheckIn() | FindTicket() | Rate() as command):
                refusal = RefusalView(code=self.chance.choice(list(RefusalCode)), facts=FACTS)
                reply = Reply(id="0" * 8, ticket=self.ticket())
                refused = Reply(id="0" * 8, refusal=refusal)
                self.visitor.give(
                    self.chance.choice(
                        (
                            i.ReplyCame(reply, command),
                            i.ReplyCame(reply, command),
                            i.ReplyCame(refused, command),
                            i.NoReply("made-command", command),
                        )
                    )
                )
            case e.PrintTicket(ticket, again=again):
                assert again or ticket.id not in self.printed
                self.printed.append(ticket.id)
                self.visitor.give(i.PaperCame(ticket.id, self.chance.choice(OUTCOMES)))
            case _:
                pass

    def ticket(self) -> TicketView:
        self.tickets += 1
        status = self.chance.choice(list(Status))
        return demo.ticket(self.chance.choice(("lv", "en"))).model_copy(
            update={"id": f"ticket-{self.tickets:09d}", "status": status}
        )


@pytest.mark.parametrize("seed", range(100))
def test_any_visitor_finds_a_way_and_the_kiosk_is_ready_for_the_next(seed: int) -> None:
    world = World(seed)
    for _ in range(MOST_STEPS):
        world.goes_on()
        has_a_screen_with_a_way_on(world.visitor)
    visitor = world.visitor
    if isinstance(visitor.model.screen, m.Working):
        visitor.give(i.NoReply("made-command", visitor.model.screen.command))
    visitor.wait(MAINTENANCE_SECONDS)
    assert visitor.sees(m.Start)
    assert visitor.model.language == "lv"
    assert not visitor.model.help_shown


def has_a_screen_with_a_way_on(visitor: Visitor) -> None:
    frame, model = visitor.frame, visitor.model
    actions = [each.action for each in (*choices_in(frame.view), *frame.foot, *frame.tools)]
    assert len(actions) == len(set(actions))
    if isinstance(frame.view, Choices):
        assert len(frame.view.choices) <= 7
    stuck = isinstance(model.screen, m.Working | m.FailSafe) or cut_off(model)
    assert stuck or set(actions) - {"language", "help"}
    assert "{" not in frame.view.heading
