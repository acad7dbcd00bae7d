"""Card files as they are written: text, and the folder of a card that is in this computer."""

import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import tomli_w

from appliance.card import FILE
from config.files import settle

HEADER = """\
# Rinda: the file of one memory card. It may be changed with any editor, e.g. Notepad.
# Rinda: vienas atmiņas kartes fails. To drīkst labot ar jebkuru redaktoru, piemēram, Notepad.

"""

LABEL = "RINDA"
"""Of the FAT partition."""

MOUNTS = ("/media", "/run/media", "/Volumes", "/mnt")
"""Where systems show what is plugged in, some in a folder for each person."""

SECRET_BYTES = 24


def text_of(tables: Mapping[str, Any], site: str = "") -> str:
    """A card file of these tables, after the text of the centre's file."""
    rest = {name: each for name, each in tables.items() if name != "enrol"}
    parts = [site.strip(), tomli_w.dumps(rest)]
    parts += [f"[[enrol]]\n{tomli_w.dumps(each)}" for each in tables.get("enrol", ())]
    return HEADER + "\n\n".join(each.strip() for each in parts if each) + "\n"


def merged(first: Mapping[str, Any], then: Mapping[str, Any]) -> dict[str, Any]:
    """Tables of both; `then` wins."""
    both = dict(first)
    for name, value in then.items():
        inner = both.get(name)
        if isinstance(inner, Mapping) and isinstance(value, Mapping):
            both[name] = merged(inner, value)
        else:
            both[name] = value
    return both


def new_secret() -> str:
    """For `booking_secret`."""
    return secrets.token_urlsafe(SECRET_BYTES)


def write_card(folder: Path, text: str) -> Path:
    """Whole or not at all, with the ends of lines that Notepad knows. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    file, new = folder / FILE, folder / f"{FILE}.new"
    with new.open("w", encoding="utf-8", newline="\r\n") as written:
        written.write(text)
        written.flush()
        os.fsync(written.fileno())
    new.replace(file)
    settle(folder)
    return file


def card_in(mounts: Iterable[str] = MOUNTS) -> Path | None:
    """The FAT partition of a card that is in this computer; none."""
    for mount in map(Path, mounts):
        for found in (*mount.glob("*"), *mount.glob("*/*")):
            if found.name.upper() == LABEL and found.is_dir():
                return found
    return None
