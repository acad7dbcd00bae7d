"""Every screen looks as somebody has accepted it; the references are small greys in `pictures`."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFilter

from rinda.references import Change, accept, changes
from rinda.screens import KEPT, REFERENCES, Batch, show

CHANGED = Path("build/pictures")


@pytest.mark.whole
@pytest.mark.timeout(600)
@pytest.mark.parametrize("batch", KEPT, ids=lambda batch: batch.name)
def test_every_picture_is_as_it_was_accepted(batch: Batch, tmp_path: Path) -> None:
    unreviewed = batch.changes(batch.draw(tmp_path))
    for each in unreviewed:
        show(each, CHANGED)
    names = ", ".join(each.words for each in unreviewed)
    assert not unreviewed, f"{names}: look at {CHANGED}, then ./run screens --accept"


def test_nothing_is_kept_that_nobody_draws() -> None:
    assert {each.name for each in REFERENCES.iterdir()} == {each.name for each in KEPT}


def test_another_word_is_seen_and_softer_edges_are_not(tmp_path: Path) -> None:
    page, other = page_with("Pieraksts ir rīt"), page_with("Pieraksts ir šodien")
    folder = tmp_path / "accepted"
    assert [each.words for each in look(tmp_path, page, folder)] == ["page.png (new)"]
    for each in look(tmp_path, page, folder):
        accept(each, folder)
    assert look(tmp_path, page, folder) == []
    assert look(tmp_path, page.filter(ImageFilter.GaussianBlur(0.7)), folder) == []
    assert [each.words for each in look(tmp_path, other, folder)] == ["page.png"]
    assert [each.words for each in changes([], folder.glob("*"))] == ["page.png (gone)"]


def look(folder: Path, page: Image.Image, accepted: Path) -> list[Change]:
    path = folder / "page.png"
    page.save(path)
    return list(changes([path], accepted.glob("*.png")))


def page_with(words: str) -> Image.Image:
    page = Image.new("RGB", (1080, 1920), "white")
    ImageDraw.Draw(page).text((80, 900), words, "black", font_size=48)
    return page
