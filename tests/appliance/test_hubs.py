"""Hubs that announce themselves, and others that pretend: real mDNS, on the loopback."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest
from zeroconf import ServiceInfo
from zeroconf.asyncio import AsyncZeroconf

from appliance import hubs
from appliance.hubs import SERVICE, Hub, find_hubs, watch_hubs

HERE = ["127.0.0.1"]
NAME = "Zelmeņu bibliotēka"


@pytest.fixture
def site() -> str:
    """Of this test alone: others may announce their own meanwhile."""
    return f"demo-{secrets.token_hex(4)}"


def hub(site: str) -> Hub:
    return Hub(site, NAME, f"rinda-{site}.local", "127.0.0.1")


def announced(
    site: str, said: Mapping[str, str | bytes], address: str = "127.0.0.1", number: str = ""
) -> ServiceInfo:
    """`number`: of one that another device had the name of."""
    return ServiceInfo(
        SERVICE,
        f"rinda-{site}{number}.{SERVICE}",
        8884,
        properties=dict(said),
        server=f"rinda-{site}{number}.local.",
        addresses=[socket.inet_aton(address)],
    )


@asynccontextmanager
async def announcing(*services: ServiceInfo) -> AsyncIterator[None]:
    network = AsyncZeroconf(interfaces=HERE)
    try:
        for each in services:
            network.zeroconf.registry.async_add(each)  # at once: nobody is asked who has the name
        yield
    finally:
        network.zeroconf.registry.async_remove(list(services))
        await network.async_close()


async def of(site: str, seconds: float) -> list[Hub]:
    """What is found of this test's own hub."""
    return [each for each in await find_hubs(seconds, HERE) if site in each.host]


async def test_a_hub_is_found_by_what_it_says(site: str) -> None:
    async with announcing(announced(site, {"site": site, "name": NAME})):
        assert await of(site, 1) == [hub(site)]


async def test_whoever_watches_hears_of_one_that_comes(site: str) -> None:
    heard: asyncio.Queue[list[Hub]] = asyncio.Queue()
    watching = asyncio.create_task(watch_hubs(heard.put_nowait, 0.5, HERE))
    try:
        assert hub(site) not in await heard.get()
        async with announcing(announced(site, {"site": site, "name": NAME})):
            while hub(site) not in await heard.get():
                pass
        while hub(site) in await heard.get():
            pass
    finally:
        watching.cancel()


async def test_what_strangers_announce_is_bounded(
    site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "MOST_HUBS", 5)
    names = {"site": "zzz", "name": "N" * 200}
    many = [announced(f"{number}-{site}", names) for number in range(40)]
    async with announcing(*many):
        found = await find_hubs(2, HERE)
    assert 0 < len(found) <= 5
    assert {each.name for each in found if each.site == "zzz"} <= {"N" * hubs.LONGEST_NAME}


@pytest.mark.parametrize("said", ["", "../demo", "Demo", "d" * 41, b"\xff\xfe", None])
async def test_what_is_no_hub_is_left_out(site: str, said: str | bytes | None) -> None:
    properties = {"name": NAME} if said is None else {"name": NAME, "site": said}
    async with announcing(announced(site, properties)):
        assert await of(site, 0.5) == []


async def test_marks_that_turn_letters_are_taken_out(site: str) -> None:
    name = "Bibl\u202eiot\x00ēka\n\x1b[31m"
    async with announcing(announced(site, {"site": site, "name": name})):
        (found,) = await of(site, 1)
    assert found.name == "Bibliotēka[31m"
