"""A visitor's booking code: in the QR code in the clear, everywhere else only as a keyed digest."""

import hashlib
import hmac
import re

_QR = re.compile(r"RINDA:1:([A-Z0-9-]{1,40}):([A-HJ-NP-Z2-9]{8,16})")


class ForeignCodeError(ValueError):
    """A QR code that is not a booking of Rinda's."""


class OtherCentreError(ValueError):
    """A booking's QR code, of another centre."""


def qr_text(site: str, code: str) -> str:
    """What the QR code of a booking says. Only letters that QR's short alphanumeric mode has."""
    return f"RINDA:1:{site.upper()}:{code}"


def code_in_qr(text: str, site: str) -> str:
    """The booking code in a scanned text. Raises ForeignCodeError or OtherCentreError."""
    found = _QR.fullmatch(text.strip())
    if not found:
        raise ForeignCodeError
    if found[1] != site.upper():
        raise OtherCentreError
    return found[2]


def booking_digest(secret: str, code: str) -> str:
    """The booking's id on MQTT and on disk: 32 hex digits, useless without the secret."""
    return hmac.new(secret.encode(), code.encode(), hashlib.sha256).hexdigest()[:32]
