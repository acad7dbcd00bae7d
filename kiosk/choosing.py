"""The screens on which a visitor chooses: at most MOST_CHOICES answers to one question. Pure."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import texts
from kiosk import inputs as i
from kiosk.model import Model
from kiosk.offer import Offered
from kiosk.patience import nobody_spoke
from kiosk.views import Choice, Choices, Notice
from messaging.messages import InstitutionView
from texts import Language, sentences


def start(model: Model, language: Language) -> Choices | Notice:
    """The first screen; when all is closed it says until when, and takes appointments."""
    places = model.offer.institutions
    if not any(each.open for each in places):
        return _closed(model, places, language)
    appointment = Choice(
        "have_appointment",
        language.text("I have an appointment"),
        i.HaveAppointment(),
        language.text("I will show its code"),
    )
    rate = language.text("To rate your visit, hold your paper ticket to the scanner.")
    return Choices(
        language.text("Good day!\nHow can we help you?"),
        language.text("Please touch what fits."),
        (appointment, need_service(language)),
        rate if model.scanner else "",
    )


def need_service(language: Language) -> Choice:
    """The way to a number without an appointment."""
    return Choice(
        "need_service",
        language.text("I need a service"),
        i.NeedService(),
        language.text("I will take a number without an appointment"),
    )


def institutions(model: Model, page: int, language: Language) -> Choices:
    """All of the centre, and the way for who does not know which."""
    choices = [_institution(each, model, language) for each in model.offer.institutions]
    unsure = Choice(
        "situations",
        language.text("I do not know which one"),
        i.TellSituation(),
        language.text("I will choose by what has happened"),
    )
    return Choices(
        language.text("Choose an institution"),
        language.text("Whose service do you need?"),
        _page(choices, page, model, language, (unsure,) if model.offer.situations else ()),
    )


def services(model: Model, institution: str, page: int, language: Language) -> Choices:
    """What can be had at the institution without an appointment."""
    place = model.offer.institution(institution)
    choices = [
        Choice(f"service:{each.id}", language.pick(each.name), i.ChooseService(each.id))
        for each in (model.offer.services_of(place) if place else ())
    ]
    detail = language.pick(place.name) if place else ""
    heading = language.text("Choose a service")
    return Choices(heading, detail, _page(choices, page, model, language))


def situations(model: Model, page: int, language: Language) -> Choices:
    """What may have happened."""
    choices = [
        Choice(f"situation:{each.id}", language.pick(each.name), i.ChooseSituation(each.id))
        for each in model.offer.situations
    ]
    return Choices(
        language.text("What has happened?"),
        language.text("We will find the right institution."),
        _page(choices, page, model, language),
    )


def services_for(model: Model, situation: str, page: int, language: Language) -> Choices:
    """What can be had for what has happened, and where."""
    found = model.offer.situation(situation)
    choices = [
        _service_for(each, model, language)
        for each in (model.offer.services_for(found) if found else ())
    ]
    detail = language.pick(found.name) if found else ""
    heading = language.text("Choose a service")
    return Choices(heading, detail, _page(choices, page, model, language))


def channel(model: Model, service: str, language: Language) -> Choices:
    """The counter and the computer, side by side."""
    offered = model.offer.service(service)
    counter = Choice(
        "channel:counter",
        language.text("At the counter"),
        i.ChooseChannel(computer=False),
        language.text("A clerk serves you"),
    )
    computer = Choice(
        "channel:computer",
        language.text("At the computer, with a helper"),
        i.ChooseChannel(computer=True),
        language.text("Free of charge. The helper shows you what to press"),
    )
    return Choices(
        language.text("Which do you prefer?"),
        language.pick(offered.service.name) if offered else "",
        (counter, computer),
    )


def opening(opens_at: datetime | None, model: Model, language: Language) -> str:
    """When it opens, in words."""
    if opens_at is None:
        return language.text("Please ask the staff.")
    zone = ZoneInfo(model.settings.site.timezone)
    return sentences.opening(language, opens_at, zone, model.now)


def given_out(language: Language) -> str:
    """Why an institution that works gives no more numbers."""
    return language.text("Today's numbers are all given out.")


def _closed(model: Model, places: Sequence[InstitutionView], language: Language) -> Notice:
    """In all languages, while nobody has chosen one."""
    first = min((each.opens_at for each in places if each.opens_at), default=None)
    works = any(each.given_out for each in places)
    codes = model.settings.site.languages
    spoken = [texts.language(code) for code in codes] if nobody_spoke(model) else [language]
    titles = [each.text("I have an appointment") for each in spoken]
    appointment = Choice("have_appointment", titles[0], i.HaveAppointment(), "\n".join(titles[1:]))
    return Notice(
        "\n".join(given_out(e) if works else e.text("We are closed now") for e in spoken),
        "\n\n".join(opening(first, model, each) for each in spoken),
        (appointment,),
    )


def _institution(offered: InstitutionView, model: Model, language: Language) -> Choice:
    return Choice(
        f"institution:{offered.id}",
        language.pick(offered.name),
        i.ChooseInstitution(offered.id),
        _hint_or_opening(offered, offered.hint, model, language),
        offered.open,
    )


def _service_for(offered: Offered, model: Model, language: Language) -> Choice:
    place = offered.institution
    return Choice(
        f"service:{offered.service.id}",
        language.pick(offered.service.name),
        i.ChooseService(offered.service.id),
        _hint_or_opening(place, place.name, model, language),
        place.open,
    )


def _hint_or_opening(
    place: InstitutionView, hint: dict[str, str], model: Model, language: Language
) -> str:
    if place.given_out:
        return given_out(language)
    return language.pick(hint) if place.open else opening(place.opens_at, model, language)


def _page(
    choices: Sequence[Choice],
    page: int,
    model: Model,
    language: Language,
    always: tuple[Choice, ...] = (),
) -> tuple[Choice, ...]:
    """All of them, or one page and the way to the next; the last leads to the first. `always` are
    on every page."""
    most = model.panel.most_choices(model.ease)
    if len(choices) + len(always) <= most:
        return (*choices, *always)
    size = most - 1 - len(always)
    pages = -(-len(choices) // size)
    first = page % pages * size
    more = Choice("more", language.text("Show more"), i.More((page + 1) % pages))
    return (*choices[first : first + size], *always, more)
