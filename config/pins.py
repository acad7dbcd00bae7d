"""PINs, kept only as scrypt hashes, and guessing made slow."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

FREE_ATTEMPTS = 5
"""Mistypings that cost nothing; the next ones wait."""

FIRST_WAIT = 5.0
LONGEST_WAIT = 300.0
"""Seconds. At one guess in five minutes, half of the four-digit PINs take an address 17 days."""

FORGET_AFTER = 3600.0
"""Seconds after which wrong attempts no longer count."""


class SignInError(Exception):
    """The person is not let in."""


class WrongPinError(SignInError):
    """The person and the PIN do not belong together."""


class TooManyAttemptsError(SignInError):
    """Nothing is checked for another `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"too many attempts, wait {seconds:.0f} s")
        self.seconds = seconds


def hash_pin(pin: str, salt: bytes) -> str:
    """``scrypt:<salt hex>:<hash hex>``. Raises ValueError for fewer than four digits."""
    if not (pin.isascii() and pin.isdigit() and len(pin) >= 4):
        raise ValueError("a PIN has at least four digits and nothing else")
    return f"scrypt:{salt.hex()}:{_scrypt(pin, salt).hex()}"


def pin_matches(stored: str, pin: str) -> bool:
    """Whether `pin` is the one that was hashed; takes the same time for every answer."""
    _, salt, digest = stored.split(":")
    return hmac.compare_digest(_scrypt(pin, bytes.fromhex(salt)), bytes.fromhex(digest))


class Throttle:
    """Makes an address wait that guesses, and nobody else.

    Counted by address and person, so that a success takes back no guess at somebody else's PIN.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._attempts: dict[tuple[str, str], _Attempts] = {}

    def attempt(self, address: str, person: str) -> None:
        """Count one more, until it succeeds. Raises TooManyAttemptsError, counting nothing."""
        now = self._monotonic()
        self._attempts = {
            key: each for key, each in self._attempts.items() if now < each.last + FORGET_AFTER
        }
        wait = self._blocked_until(address) - now
        if wait > 0:
            raise TooManyAttemptsError(wait)
        before = self._attempts.get((address, person))
        self._attempts[address, person] = _Attempts(before.count + 1 if before else 1, now)

    def succeeded(self, address: str, person: str) -> None:
        """Forget the attempts on this person from this address."""
        self._attempts.pop((address, person), None)

    def _blocked_until(self, address: str) -> float:
        tried = [each for (where, _), each in self._attempts.items() if where == address]
        count = sum(each.count for each in tried)
        if count < FREE_ATTEMPTS:
            return float("-inf")
        wait = FIRST_WAIT * 2.0 ** min(count - FREE_ATTEMPTS, 10)
        return max(each.last for each in tried) + min(wait, LONGEST_WAIT)


@dataclass(frozen=True, slots=True)
class _Attempts:
    count: int
    last: float


def _scrypt(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)
