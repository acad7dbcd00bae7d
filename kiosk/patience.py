"""How long a screen may stay, and what is to be said meanwhile; of the model alone. Pure."""

from kiosk import model as m
from kiosk.model import Model

WARN_SECONDS = 20
"""So long before a screen goes away the visitor is asked (WCAG 2.2, 2.2.1: at least 20)."""

FAIL_SAFE_SECONDS = 10
MAINTENANCE_SECONDS = 300
HELP_SECONDS = 240
"""So long whoever called may wait before the screen that says so."""

BUSY_SECONDS = 120
"""Nobody has answered for so long: that is said, and what else the visitor can do."""


def cut_off(model: Model) -> bool:
    """Whether nothing can be asked of the queue now. Who has a number or an answer keeps it."""
    can_serve = model.serves and model.catalogue and not model.out_of_service
    return isinstance(model.screen, m.Calm) and not can_serve


def asks_presence(model: Model) -> bool:
    """Whether the screen will go away soon, so that the visitor is offered more time."""
    seconds = seconds_allowed(model)
    if seconds is None or _nothing_to_lose(model):
        return False
    return model.seconds - model.present_at >= seconds - min(WARN_SECONDS, seconds / 2)


def nobody_answers(model: Model) -> bool:
    """Whether the bell at the desk has rung for long."""
    since = model.help_asked_at
    return since is not None and (model.now - since).total_seconds() >= BUSY_SECONDS


def has_news(model: Model) -> bool:
    """Whether to tell, over whatever screen stands, that somebody is coming."""
    technician = isinstance(model.screen, m.EnterPin | m.Maintenance)
    return model.seconds < model.news_until and not (technician or model.help_shown)


def nobody_spoke(model: Model) -> bool:
    """Whether nobody has said yet who is here: several languages are right."""
    return isinstance(model.screen, m.Start) and model.language == first_language(model)


def rests(model: Model) -> bool:
    """Whether the screen only invites to touch it: the first one, after long without anybody."""
    seconds = model.settings.kiosk.rest_minutes * 60
    if not seconds or model.somebody or not untouched(model):
        return False
    return model.seconds - model.present_at >= seconds


def untouched(model: Model) -> bool:
    """Whether the first screen stands as it is for everybody."""
    over = model.help_shown or model.easing or has_news(model)
    return nobody_spoke(model) and not over and not cut_off(model)


def seconds_allowed(model: Model) -> float | None:
    """Seconds until the screen goes away by itself; None while an answer is awaited."""
    match model.screen:
        case m.Working():
            return None
        case _ if model.help_shown and model.bell is not m.Bell.BROKEN:
            return HELP_SECONDS
        case m.FailSafe(""):
            return FAIL_SAFE_SECONDS
        case m.Maintenance():
            return MAINTENANCE_SECONDS
        case m.TicketReady() | m.FailSafe():
            return model.settings.kiosk.ticket_seconds
        case _:
            return model.settings.kiosk.idle_seconds


def _nothing_to_lose(model: Model) -> bool:
    at_rest = model.screen == m.FailSafe() or cut_off(model) or nobody_spoke(model)
    return at_rest and not model.help_shown


def first_language(model: Model) -> str:
    """What the kiosk speaks until somebody chooses."""
    return model.settings.site.languages[0]
