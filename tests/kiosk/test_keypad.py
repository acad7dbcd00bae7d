"""Typing in the real widgets: the letters appear, and the keys are not built anew for each."""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from typing import Any

import pytest

from kiosk import demo, gallery
from kiosk import model as m
from kiosk.frames import frame_of
from kiosk.panel import NAMED, Panel


@pytest.mark.parametrize("panel", [NAMED[0], NAMED[-1]], ids=str)
def test_what_is_typed_is_seen_and_the_keys_stay(panel: Panel) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        seen, same_keys = process.submit(typing, panel).result(60)
    assert seen == ["", "K", "K7", "K7QM 2WDX", "K"]
    assert same_keys


def typing(panel: Panel) -> tuple[list[str], bool]:
    """What the box said after each letter, and whether the first key was the same one always."""
    shown = next(gallery.screens(["lv"], panel, ["normal"]))
    blank = replace(demo.models("lv")["type-code"], panel=shown.frame.panel)
    seen, keys = [], set[Any]()
    for typed in ("", "K", "K7", "K7QM2WDX", "K"):
        shown.root.show(frame_of(replace(blank, screen=m.TypeCode(typed))))
        seen.append(typed_on(shown.root))
        if len(typed) < 8:
            keys.add(shown.root.buttons()["key:A"])
    return seen, len(keys) == 2  # the whole code makes another button bright


def typed_on(root: Any) -> str:
    from kiosk.widgets import Typed, Words

    (box,) = (each for each in root.walk() if isinstance(each, Typed))
    return " ".join(each.given.words for each in box.walk(restrict=True) if isinstance(each, Words))
