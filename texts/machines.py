"""Of the units themselves, in words for staff: what they are, and how an update went."""

from texts import Language

DEVELOPMENT = "Rinda development"
"""The name of an authority that a build made for itself (image/bundle.py)."""


def role(language: Language, code: str) -> str:
    """What a Pi is; "" for what has no name."""
    return language.text(_ROLES[code]) if code in _ROLES else ""


def update(language: Language, state: str, version: str, percent: int | None, reason: str) -> str:
    """How far an update is, or what became of it; "" where there is nothing to tell."""
    if state not in _STATES or (state == "done" and not reason):
        return ""
    said = language.text(_STATES[state], version=version or "–", percent=percent or 0)
    why = language.text(_REASONS[reason]) if reason in _REASONS else reason
    return f"{said} {why}".strip()


def signer(language: Language, name: str) -> str:
    """Whose updates a unit takes."""
    if name != DEVELOPMENT:
        return name
    return language.text("{name} (a key for the workshop only)", name=name)


def text(source: str) -> str:
    """Marks a source sentence of the tables below."""
    return source


_ROLES = {
    "hub": text("Hub"),
    "kiosk": text("Ticket kiosk"),
    "board": text("Waiting-room board"),
    "all-in-one": text("Hub and ticket kiosk in one"),
}

_STATES = {
    "waiting": text("Version {version} is there and waits for the centre to close."),
    "installing": text("Version {version} is being put in: {percent}%."),
    "installed": text("Version {version} runs after the next restart."),
    "trying": text("Version {version} is being tried."),
    "done": text("Version {version} runs."),
    "refused": text("Version {version} was not taken."),
    "failed": text("Version {version} did not work, so the one before runs."),
}

_REASONS = {
    "downgraded": text("It is older: somebody asked for that."),
    "older": text("It is older than the one that runs."),
    "same": text("It runs already."),
    "other_machine": text("It is for another kind of computer."),
    "untrusted": text("It is damaged, or not from whom this unit trusts."),
    "tried_before": text("It has failed here before."),
    "centre_open": text("The centre is open."),
    "no_room": text("There is no room for it."),
    "not_written": text("It could not be written to the card."),
    "cut_off": text("The power went off in the middle."),
    "not_started": text("It did not start."),
    "disk": text("Its disk could not be used."),
    "program": text("One of its programs did not start."),
    "hub": text("It no longer found the hub."),
}
