"""What QR codes say: a visitor's booking code, and the number on a printed ticket.

A booking code is in its QR code in the clear, everywhere else only as a keyed digest.
"""

import hashlib
import hmac
import re

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""What a booking code is made of: no I, O, 0 and 1, which are easily confused."""

SHORTEST, LONGEST = 8, 16
MADE_LENGTH = 10

_QR = re.compile(rf"RINDA:1:([A-Z0-9-]{{1,40}}):([{LETTERS}]{{{SHORTEST},{LONGEST}}})")
_TICKET = re.compile(r"rinda:ticket:([a-z0-9-]{1,40}):([A-Za-z0-9_-]{8,80})")


class ForeignCodeError(ValueError):
    """A QR code that is not a booking of Rinda's."""


class OtherCentreError(ValueError):
    """A QR code of another centre: of a booking or a ticket."""


def qr_text(site: str, code: str) -> str:
    """What the QR code of a booking says. Only letters that QR's short alphanumeric mode has."""
    return f"RINDA:1:{site.upper()}:{code}"


def code_in_qr(text: str, site: str) -> str:
    """The booking code in a scanned text. Raises ForeignCodeError or OtherCentreError."""
    found = _QR.fullmatch(text.strip())
    ticket = _TICKET.fullmatch(text.strip())
    if ticket and ticket[1] != site:
        raise OtherCentreError
    if not found:
        raise ForeignCodeError
    if found[1] != site.upper():
        raise OtherCentreError
    return found[2]


def ticket_qr(site: str, ticket: str, page: str = "") -> str:
    """What the QR code on a printed ticket says: the id by which it is found and rated; where the
    centre has a page for phones, at this address, as an address below it."""
    return f"{page}/{ticket}" if page else f"rinda:ticket:{site}:{ticket}"


def ticket_in_qr(text: str, site: str, page: str = "") -> str | None:
    """The id of this centre's ticket in a scanned text; None if it is anything else."""
    given = text.strip()
    if page and given.startswith(f"{page}/"):
        given = ticket_qr(site, given.removeprefix(f"{page}/"))
    found = _TICKET.fullmatch(given)
    return found[2] if found and found[1] == site else None


def spaced(code: str) -> str:
    """The code as people read it: in two halves."""
    half = len(code) // 2
    return f"{code[:half]} {code[half:]}"


def booking_digest(secret: str, code: str) -> str:
    """The booking's id on MQTT and on disk: 32 hex digits, useless without the secret."""
    return hmac.new(secret.encode(), code.encode(), hashlib.sha256).hexdigest()[:32]


def made_code(secret: str, staff: str, order: str) -> str:
    """The code of what this member of staff ordered: the same order has the same one, and nobody
    guesses it without the secret, so it needs to be neither stored nor sent."""
    said = f"code\n{staff}\n{order}".encode()
    drawn = hmac.new(secret.encode(), said, hashlib.sha256).digest()
    return "".join(LETTERS[byte % len(LETTERS)] for byte in drawn[:MADE_LENGTH])
