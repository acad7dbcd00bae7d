"""The words on a unit's console, written to a file in place of it."""

import os
import subprocess
from pathlib import Path

import pytest

from appliance.update_files import Places
from appliance.updates import State

WORDS = Path(__file__).parents[2] / "systemd" / "words"
LONGEST = 30
"""Letters of the largest font on an upright screen of 1080 pixels, after the indent."""


@pytest.mark.parametrize(
    ("name", "update", "latvian", "english"),
    [
        ("start", "installed", "Ierīce sāk darbu.", "Starting."),
        ("rest", "", "Ekrāns pašlaik nedarbojas.", "This screen is not working"),
        ("stop", "", "Ierīce beidz darbu.", "Stopping."),
        ("stop", "waiting", "Ierīce beidz darbu.", "Stopping."),
        ("stop", "installed", "Ierīce atjauninās.", "Updating. It will be back"),
        ("stop", "trying", "Ierīce atjauninās.", "Updating. It will be back"),
        ("card", "", "Atmiņas karte ir bojāta.", "The memory card is damaged."),
    ],
)
def test_words_of_both_languages_fit_the_screen(
    tmp_path: Path, name: str, update: str, latvian: str, english: str
) -> None:
    (screen := tmp_path / "screen").touch()
    (tmp_path / "setfont").write_text("#!/bin/sh\n")
    (tmp_path / "setfont").chmod(0o755)
    text = WORDS.read_text().replace("screen=/dev/tty1", f"screen={screen}").replace(" >$", " >>$")
    places = Places(tmp_path)
    if update:
        places.tell(State(update), "1.4")
    text = text.replace("told=", f"told={tmp_path}")
    subprocess.run(
        ["sh", "-c", text, "words", name],
        env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        check=True,
    )
    lines = screen.read_text().rpartition("\033[4;1H")[2].splitlines()
    assert {f"  {latvian}", f"  {english}"} <= set(lines)
    assert max(len(each.strip()) for each in lines) <= LONGEST
