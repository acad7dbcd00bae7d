"""How much one address may ask, so that no phone takes the page from the others."""

from collections import Counter
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

MINUTE = 60.0


class Budget:
    """So much in a minute for each address; of IPv6, for each network of 64 bits."""

    def __init__(self, a_minute: int, monotonic: Callable[[], float]) -> None:
        self._a_minute, self._monotonic = a_minute, monotonic
        self._began = monotonic()
        self._spent: Counter[str] = Counter()

    def spend(self, address: str) -> bool:
        """Take one; False where nothing is left."""
        now, who = self._monotonic(), _network(address)
        if now - self._began >= MINUTE:
            self._spent.clear()
            self._began = now
        self._spent[who] += 1
        return self._spent[who] <= self._a_minute

    def give_back(self, address: str) -> None:
        """It was well spent and does not count."""
        self._spent[_network(address)] -= 1


def _network(address: str) -> str:
    try:
        given = ip_address(address)
    except ValueError:
        return ""
    if isinstance(given, IPv6Address):
        return (given.ipv4_mapped or IPv6Address(int(given) >> 64 << 64)).compressed
    return given.compressed
