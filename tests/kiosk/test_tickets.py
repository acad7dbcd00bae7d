"""Every ticket of the demonstration, on both papers, in both modes and languages, read back."""

from dataclasses import replace
from pathlib import Path

import pytest

from drivers.decoding import zbar_codes
from kiosk import demo
from kiosk.paper import service_name
from kiosk.tickets import main, printed, tickets
from messaging.booking_code import qr_text
from texts import language
from texts.lines import TIED, tied

TICKET = demo.ticket().id
CATALOGUE = demo.catalogue(demo.settings().to_centre())
SERVICES = [each.id for place in CATALOGUE.institutions for each in place.services]


def together(text: str) -> list[str]:
    """What must stand on one line: words, ranges, dates."""
    return [unit.replace(TIED, " ") for unit in tied(text).split(" ")]


@pytest.mark.parametrize("code", ["lv", "en"])
@pytest.mark.parametrize("name", ["walk-in", "early", "late", "copy", "appointment"])
def test_nothing_is_lost_or_torn_apart_and_the_code_is_read_back(code: str, name: str) -> None:
    paper = tickets(code)[name]
    texts = [paper.centre, paper.heading, paper.number, paper.service, *paper.lines]
    texts = list(filter(None, texts))
    says = qr_text("demo", demo.CODE) if name == "appointment" else f"rinda:ticket:demo:{TICKET}"
    for _, mode, picture, text in printed(paper):
        (found,) = zbar_codes(picture.convert("L"))
        assert found.decode() == says
        if mode == "text":
            assert " ".join(texts) in " ".join(text.splitlines())
            lines = text.splitlines()
            units = [unit for each in (*texts, paper.printed_at) for unit in together(each)]
            assert all(any(unit in line for line in lines) for unit in units)


@pytest.mark.parametrize("code", ["lv", "en"])
@pytest.mark.parametrize("service", SERVICES)
def test_every_service_takes_two_lines_at_most(code: str, service: str) -> None:
    name = service_name(service, CATALOGUE, language(code))
    paper = replace(tickets(code)["walk-in"], service=name)
    for _, mode, _, text in printed(paper):
        if mode == "text":
            lines = text.splitlines()
            below = lines.index(paper.number) + 1
            assert name in (lines[below], " ".join(lines[below : below + 2]))


def test_the_pictures_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), "lv"]) == 0
    written = capsys.readouterr().out.splitlines()
    assert f"{tmp_path}/ticket-copy-58-picture-lv.png" in written
    assert all(Path(each).exists() for each in written)
