"""What the screen shows of a unit that is being set up, as data. Pure: words, no widgets."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from appliance.enrolment import CODE_LENGTH, LETTERS
from appliance.setup.model import State
from appliance.setup.told import Mistake, Told
from messaging.messages import Finding, Outcome
from texts import Language, checks, enrolment, machines

GROUP = 4
"""A code is read and compared in groups of so many."""

MOST_LINES = 6
"""So many mistakes, and findings to be put right, are read at once."""

ZONE = ZoneInfo("Europe/Riga")
"""Of the image; the centre's own may differ once it is known."""


@dataclass(frozen=True, slots=True)
class Button:
    """`action`: ``again``, ``go_on``, ``leave``, ``language``, ``back``, ``key:K``, ``erase``,
    ``enter``, ``hub:ADDRESS``."""

    action: str
    title: str


@dataclass(frozen=True, slots=True)
class Item:
    """One line. `mark`: a number, ``done``, ``now``, ``later``, ``bad`` or "", which is no mark."""

    mark: str
    title: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A whole screen. `ground`: ``plain``, ``good``, ``amber`` or ``bad``. `code`: the text of a QR
    code. With `keys` it is a keypad, and `typed` what was typed."""

    heading: str
    detail: str
    items: tuple[Item, ...] = ()
    buttons: tuple[Button, ...] = ()
    ground: str = "plain"
    code: str = ""
    code_note: str = ""
    keys: tuple[Button, ...] = ()
    typed: str = field(default="", repr=False)

    def pressed(self) -> tuple[str, ...]:
        """What can be pressed, in reading order."""
        return tuple(each.action for each in (*self.keys, *self.buttons))


def page_of(told: Told | None, language: Language, typed: str = "", short: bool = False) -> Page:
    """The screen for this. `typed`: of the code; `short`: somebody went on before its end."""
    if told is None:
        return Page(language.text("One moment, please."), "")
    match told.state:
        case State.DAMAGED:
            return _damaged(language) if told.damage == "memory" else _no_hub(told, language)
        case State.MISTAKEN:
            return _mistakes(told, language)
        case State.CODE:
            return _keypad(told, language, typed, short=short)
        case State.PAGE:
            return _result(told, language)
        case State.LOOKING | State.DONE:
            return Page(language.text("One moment, please."), "")
        case _:
            if told.has_file or told.state in {State.APPLYING, State.TESTING}:
                return _progress(told, language)
            return _welcome(told, language)


def not_taken(told: Told, why: str, language: Language) -> Page:
    """The unit works as before."""
    lacks = {"no_cable", "no_wifi", "no_address"}
    if why == "memory":
        words = language.text("This unit cannot read or write it.")
    elif why in lacks:
        words = _network(told, language)
    else:
        words = enrolment.sentence(language, why)
    heading = language.text("What rinda.toml says now did not work: the unit works as before")
    return Page(heading, words)


def _damaged(language: Language) -> Page:
    return Page(
        language.text("The memory card is damaged"),
        language.text("This unit cannot read or write it."),
        (
            Item("1", language.text("Switch the unit off and put in a new card.")),
            Item("2", language.text("What this unit was, the hub knows: it gives it back.")),
        ),
        (_again(language),),
        "bad",
    )


def _no_hub(told: Told, language: Language) -> Page:
    """By the code of an EnrolmentError."""
    heading = language.text("This hub cannot let its units in")
    why = Item("bad", enrolment.sentence(language, told.damage))
    return Page(heading, "", (why,), (_again(language),), "amber")


def _mistakes(told: Told, language: Language) -> Page:
    shown = told.mistakes[: MOST_LINES - (len(told.mistakes) > MOST_LINES)]
    items = [_mistake(each, language) for each in shown]
    if more := len(told.mistakes) - len(shown):
        items.append(Item("", language.plural("And {count} more.", "And {count} more.", more)))
    return Page(
        language.plural(
            "There is {count} mistake in rinda.toml",
            "There are {count} mistakes in rinda.toml",
            len(told.mistakes),
        ),
        language.text(
            "Switch the unit off and mend the file at a computer. The same is in rinda-result.txt "
            "beside it."
        ),
        tuple(items),
        ground="amber",
    )


def _mistake(mistake: Mistake, language: Language) -> Item:
    line = mistake.line
    place = language.text("Line {line}", line=line) if line else "rinda.toml"
    title = f"{place}: {mistake.key}" if mistake.key else place
    return Item("bad", title, language.pick(mistake.words))


def _welcome(told: Told, language: Language) -> Page:
    """No file: what to do, in three steps."""
    there = not told.lack and bool(told.address)
    cable = Item(
        "done" if there else "1",
        language.text("Plug the network cable in."),
        _network(told, language),
    )
    code = Item(
        "2",
        language.text("Let the hub give you a code."),
        language.text("On the staff's page: Units, Add a unit."),
    )
    hubs = tuple(Button(f"hub:{address}", name) for address, name in told.hubs)
    if told.refused:
        search = enrolment.sentence(language, told.refused)
    elif hubs:
        search = language.text("It was found: touch its name below.")
    elif there:
        search = language.text("Looking for the hub in this network.")
    else:
        search = language.text("The hub is looked for once the network is there.")
    typing = Item("3", language.text("Type the code here."), search)
    return Page(
        language.text("This unit is not set up yet"),
        language.text("It takes three steps."),
        (cable, code, typing),
        hubs,
        code=_by_file(language),
        code_note=language.text("Wi-Fi, or the first unit of a centre: photograph this."),
    )


def _by_file(language: Language) -> str:
    """What is needed where there is no hub to ask, or no cable to reach it by."""
    steps = language.text(
        "Rinda: put the unit's card into a computer. On the disk RINDA write the file rinda.toml, "
        "e.g.:"
    )
    example = '[card]\nrole = "kiosk"\ncode = ""\n[network.wifi]\nname = ""\npassword = ""\n'
    return f"{steps}\n{example}"


def _network(told: Told, language: Language) -> str:
    match told.lack:
        case "no_cable":
            return language.text("No cable is connected yet.")
        case "no_wifi":
            return language.text(
                "The Wi-Fi {name} is not there, or its password is not right.", name=told.wifi
            )
        case "no_address":
            return language.text("Connected; the network gives no address yet.")
    if told.address:
        return language.text("Connected: {address}", address=told.address)
    return language.text("One moment, please.")


_ORDER = (State.NETWORK, State.CLOCK, State.HUB, State.APPLYING, State.TESTING)
_PLACE = {State.CODE: State.HUB, State.JOINING: State.HUB}


def _progress(told: Told, language: Language) -> Page:
    order = [each for each in _ORDER if each is not State.HUB or told.role not in HUB_ROLES]
    now = order.index(_PLACE.get(told.state, told.state))
    items = [
        _stage(each, "done" if at < now else "now" if at == now else "later", told, language)
        for at, each in enumerate(order)
    ]
    hubs = [Button(f"hub:{address}", name) for address, name in told.hubs]
    buttons = tuple(hubs) if told.state is State.HUB and (len(hubs) > 1 or told.refused) else ()
    if told.worked_before and told.state not in {State.APPLYING, State.TESTING}:
        buttons = (*buttons, Button("leave", language.text("Leave it as it was")))
    return Page(
        language.text("This unit is being set up"),
        language.text("Nothing is to be done while it goes on. Please do not switch it off."),
        tuple(items),
        buttons,
    )


HUB_ROLES = frozenset({"hub", "all-in-one"})


def _stage(stage: State, mark: str, told: Told, language: Language) -> Item:
    match stage:
        case State.NETWORK:
            return Item(mark, language.text("Network"), _network(told, language))
        case State.CLOCK:
            waits = language.text("Waits for the time from the network, a minute at most.")
            return Item(mark, language.text("Clock"), waits if mark == "now" else "")
        case State.HUB:
            return Item(mark, language.text("Hub"), _hub(told, language, mark))
        case State.APPLYING:
            return Item(mark, language.text("Settings"))
        case _:
            waits = language.text("Tries one part after another.")
            return Item(mark, language.text("Self-test"), waits if mark == "now" else "")


def _hub(told: Told, language: Language, mark: str) -> str:
    if mark == "later":
        return ""
    if told.refused:
        return enrolment.sentence(language, told.refused)
    if told.hub:
        return told.hub
    if len(told.hubs) > 1:
        return language.text("There are several: touch the right one.")
    return language.text("Looking for the hub in this network.")


def _keypad(told: Told, language: Language, typed: str, *, short: bool) -> Page:
    heading = language.text("Type this unit's code")
    detail = language.text("The hub gives it: on the staff's page, Units, Add a unit.")
    if told.refused:
        heading, detail = enrolment.sentence(language, told.refused), ""
    if short:
        heading, detail = _too_short(language), ""
    return Page(
        heading,
        detail,
        keys=tuple(Button(f"key:{each}", each) for each in LETTERS),
        typed=_grouped(typed),
        buttons=(
            Button("back", language.text("Back")),
            Button("erase", language.text("Erase")),
            Button("enter", language.text("Continue")),
        ),
    )


def _too_short(language: Language) -> str:
    return language.plural(
        "The code has {count} letter or digit.",
        "The code has {count} letters and digits.",
        CODE_LENGTH,
    )


def _grouped(typed: str) -> str:
    shown = typed.ljust(CODE_LENGTH, "·")
    return "  ".join(shown[at : at + GROUP] for at in range(0, CODE_LENGTH, GROUP))


def _result(told: Told, language: Language) -> Page:
    report, place = told.report, _place(told, language)
    if report is None:
        advice = checks.advice(language, "check_failed", {})
        item = Item("bad", language.text("The self-test did not run."), advice)
        heading = language.text("Something is to be put right")
        return Page(heading, "", (*place, item), (_again(language), _go_on(language)), "amber")
    if not report.bad:
        items = [Item("done", checks.title(language, each.check)) for each in report.tried]
        if rest := [each for each in report.findings if each not in report.tried]:
            names = ", ".join(checks.title(language, each.check) for each in rest)
            items.append(Item("later", language.text("Not tried: {names}", names=names)))
        heading = language.text("All is well")
        return Page(heading, "", (*place, *items), (_go_on(language),), "good")
    heading = language.plural(
        "{count} thing is to be put right", "{count} things are to be put right", len(report.bad)
    )
    mending = [_to_mend(each, language) for each in report.bad[:MOST_LINES]]
    works = [each for each in report.tried if each.outcome is Outcome.GOOD]
    names = ", ".join(checks.title(language, each.check) for each in works)
    good = Item("done", language.text("Works: {names}", names=names or "–"))
    buttons = (_again(language), _go_on(language))
    return Page(heading, "", (*place, *mending, good), buttons, "amber")


def _place(told: Told, language: Language) -> tuple[Item, ...]:
    """Who, where and when this is, for whoever looks at the photograph."""
    name = language.pick(told.centre)
    who = " · ".join(filter(None, (told.unit, role(language, told.role), told.address)))
    items = (Item("", name or told.unit, who),)
    if told.report is None:
        return items
    local = told.report.at.astimezone(ZONE)
    day, hour = language.day(local.date()), language.clock(local, ZONE)
    version = " · ".join(filter(None, (f"Rinda {told.version}", _signer(told, language))))
    return (*items, Item("", f"{day}, {hour}", version))


def _signer(told: Told, language: Language) -> str:
    """Whose updates it takes."""
    if told.signer == machines.DEVELOPMENT:
        return language.text("key for the workshop only")
    return told.signer and language.text("updates by {name}", name=told.signer)


def role(language: Language, code: str) -> str:
    """What a unit is, in a word or two."""
    match code:
        case "hub":
            return language.text("hub")
        case "kiosk":
            return language.text("kiosk")
        case "board":
            return language.text("board")
        case "all-in-one":
            return language.text("hub and kiosk")
    return code


def _to_mend(finding: Finding, language: Language) -> Item:
    words = checks.line(language, finding.check, finding.code, finding.facts)
    return Item("bad", words, checks.advice(language, finding.code, finding.facts))


def _again(language: Language) -> Button:
    return Button("again", language.text("Try again"))


def _go_on(language: Language) -> Button:
    return Button("go_on", language.text("Begin work"))


def first_of(pressed: Sequence[str]) -> str:
    """What Enter does before anybody chose: nothing, where several things can be pressed."""
    return pressed[0] if len(pressed) == 1 else ""
