"""What a phone may ask, and what it is told, over a real server."""

import socket
from asyncio import to_thread
from urllib.request import urlopen

import pytest

from messaging.booking_code import ticket_in_qr, ticket_qr
from messaging.messages import RefusalView, Reply
from queue_core.commands import Cancel, FindTicket, Rate
from queue_core.life import Status
from queue_core.refusals import RefusalCode
from tests.visitor_page.conftest import Site
from texts import language
from visitor_page import patience
from visitor_page.gallery import ID, Scene, board_of, ticket
from visitor_page.web import GUESSES_A_MINUTE, REQUESTS_A_MINUTE, STREAMS_OF_A_TICKET

UNKNOWN = Reply(id="reply-001", refusal=RefusalView(code=RefusalCode.UNKNOWN_TICKET))


def found(**others: object) -> Reply:
    return Reply(id="reply-001", ticket=ticket().model_copy(update=others))


async def test_the_own_place_is_shown_and_nothing_else_is_asked(site: Site) -> None:
    site.reply = found()
    answer = await to_thread(site.get, f"/{ID}")
    assert answer.status == 200
    assert "A 042" in answer.text
    assert "Jums jāgaida apmēram 10 līdz 20 minūtes." in answer.text
    assert "Pirms jums gaida 3 cilvēki." in answer.text
    assert site.asked == [FindTicket(ID)]
    english = await to_thread(site.get, f"/{ID}?language=en")
    assert "You will wait about 10 to 20 minutes." in english.text
    assert site.asked == [FindTicket(ID)]  # a moment later it is still true


async def test_the_browser_is_told_the_rules(site: Site) -> None:
    site.reply = found()
    headers = (await to_thread(site.get, f"/{ID}")).headers
    assert "default-src 'none'; script-src 'self'" in headers["content-security-policy"]
    assert headers["x-robots-tag"] == "noindex"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert "set-cookie" not in headers
    assert "Disallow: /" in (await to_thread(site.get, "/robots.txt")).text


async def test_unknown_expired_and_misspelt_cannot_be_told_apart(site: Site) -> None:
    site.reply = UNKNOWN
    paths = (f"/{ID}", f"/{'f' * 32}", "/", "/x", "/../etc/passwd", f"/{ID}/x", f"/{ID.upper()}")
    said = [await to_thread(site.get, path) for path in paths]
    told = {(each.status, each.text, each.headers["refresh"]) for each in said}
    assert told == {(404, said[0].text, "20")}
    assert "Jūsu numurs šeit vēl nav redzams" in said[0].text
    assert len(site.asked) == 2  # only what can be an id is looked for


async def test_guessing_ends_soon_and_a_known_ticket_is_shown_all_the_same(site: Site) -> None:
    site.reply = found()
    await to_thread(site.get, f"/{ID}")
    site.reply = UNKNOWN
    for guess in range(GUESSES_A_MINUTE + 5):
        status = (await to_thread(site.get, f"/{guess:032x}")).status
        assert status == (404 if guess < GUESSES_A_MINUTE else 429)
    assert len(site.asked) == 1 + GUESSES_A_MINUTE
    assert (await to_thread(site.get, f"/{ID}")).status == 200
    site.now += 61
    site.hear()
    assert (await to_thread(site.get, f"/{1:032x}")).status == 404


async def test_one_address_does_not_take_all(site: Site) -> None:
    for _ in range(REQUESTS_A_MINUTE):
        assert site.web._requests.spend("127.0.0.1")
    assert (await to_thread(site.get, "/page.css")).status == 429


async def test_a_visit_is_rated_once_and_from_the_page_only(site: Site) -> None:
    site.reply = found(status=Status.SERVED)
    assert "Kā jūs vērtējat apmeklējumu?" in (await to_thread(site.get, f"/{ID}")).text
    foreign = await to_thread(site.post, f"/{ID}/rate", {"score": "9"}, "http://evil.example")
    assert foreign.status == 403
    for score in ("0", "11", "9.5", "", "٣", "9" * 5000, "009", "00" + "1" * 5000):
        bad = await to_thread(site.post, f"/{ID}/rate", {"score": score})
        assert bad.status == 400
    site.reply = found(status=Status.SERVED, rated=True)
    answer = await to_thread(site.post, f"/{ID}/rate?language=en", {"score": "9"})
    assert (answer.status, answer.headers["location"]) == (303, f"/{ID}?language=en")
    assert site.asked[1:] == [Rate(ID, 9)]
    assert "Thank you!" in (await to_thread(site.get, f"/{ID}?language=en")).text


async def test_a_place_is_given_up(site: Site) -> None:
    site.reply = found()
    assert "Atteikties no vietas rindā" in (await to_thread(site.get, f"/{ID}")).text
    site.reply = found(status=Status.CANCELLED)
    assert (await to_thread(site.post, f"/{ID}/leave", {})).status == 303
    assert site.asked[-1] == Cancel(ID)
    answer = await to_thread(site.get, f"/{ID}")
    assert "Šis numurs vairs nav derīgs." in answer.text
    assert "Atteikties" not in answer.text


async def test_without_the_module_it_says_so_and_nothing_is_done(site: Site) -> None:
    site.reply = found(status=Status.SERVED)
    await to_thread(site.get, f"/{ID}")
    site.now += 6
    answer = await to_thread(site.post, f"/{ID}/rate", {"score": "9"})
    assert (answer.status, len(site.asked)) == (409, 1)
    assert "Nekas netika izdarīts." in answer.text
    assert "Pēdējās ziņas: <span" in answer.text
    stranger = await to_thread(site.get, f"/{'f' * 32}")
    assert (stranger.status, stranger.headers["refresh"]) == (503, "20")


async def test_a_call_reaches_the_phone_before_the_module_answers(site: Site) -> None:
    site.reply = found()
    await site.tickets.find(ID)
    stream = aiter(site.web._stream(ID, language("lv")))
    assert "Pirms jums gaida 3" in str((await anext(stream)).data)
    (call,) = board_of(Scene({}, counter="2")).calls
    site.hear(call, sequence=58)
    said = await anext(stream)
    assert "Lūdzu, nāciet pie 2. lodziņa" in str(said.data)
    assert '"call": "56.0"' in str(said.data) or '"call":"56.0"' in str(said.data)
    site.reply = UNKNOWN  # the day is over
    site.now += 31
    site.hear(sequence=59)
    while (said := await anext(stream)).event != "gone":
        site.hear(sequence=60)


async def test_a_program_that_began_anew_goes_on_with_the_phones_that_followed(site: Site) -> None:
    def news(ticket: str) -> str:
        with urlopen(f"{site.address}/{ticket}/events", timeout=10) as stream:
            return bytes(stream.readline()).decode()

    site.reply = found(status=Status.SERVED)
    assert "A 042" in await to_thread(news, ID)
    site.reply = UNKNOWN
    assert await to_thread(news, "f" * 32) == "event: gone\r\n"


async def test_a_visit_is_rated_at_a_program_that_began_anew(site: Site) -> None:
    site.reply = found(status=Status.SERVED)
    assert (await to_thread(site.post, f"/{ID}/rate", {"score": "9"})).status == 303
    assert site.asked == [FindTicket(ID), Rate(ID, 9)]


async def test_of_one_ticket_the_oldest_phone_goes_first(site: Site) -> None:
    site.reply = found()
    await site.tickets.find(ID)
    streams = [aiter(site.web._stream(ID, language("lv"))) for _ in range(STREAMS_OF_A_TICKET + 1)]
    for each in streams:
        await anext(each)
    site.hear(sequence=58)
    with pytest.raises(StopAsyncIteration):
        await anext(streams[0])
    await anext(streams[1])


async def test_a_phone_that_never_ends_its_request_is_let_go(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "LOOK_SECONDS", 0.05)
    host, port = site.address.removeprefix("http://").split(":")

    def dawdle() -> bytes:
        with socket.create_connection((host, int(port)), 10) as slow:
            slow.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
            try:
                return slow.recv(100)
            except ConnectionResetError:
                return b""

    assert await to_thread(dawdle) == b""


async def test_one_address_has_so_many_connections(site: Site) -> None:
    host, port = site.address.removeprefix("http://").split(":")

    def crowd() -> int:
        opened = [socket.create_connection((host, int(port)), 10) for _ in range(45)]
        refused = 0
        for each in opened[patience.MOST_OF_ONE :]:
            try:
                refused += each.recv(1) == b""
            except ConnectionResetError:
                refused += 1
        for each in opened:
            each.close()
        return refused

    assert await to_thread(crowd) == 45 - patience.MOST_OF_ONE


def test_the_code_on_a_ticket_is_an_address_where_there_is_a_page() -> None:
    page = "http://192.168.50.1:8090"
    assert ticket_qr("demo", ID, page) == f"{page}/{ID}"
    assert ticket_in_qr(f"{page}/{ID}\r\n", "demo", page) == ID
    assert ticket_in_qr(ticket_qr("demo", ID), "demo", page) == ID
    assert ticket_in_qr(f"http://elsewhere/{ID}", "demo", page) is None
    assert ticket_in_qr(f"{page}/{ID}/rate", "demo", page) is None
