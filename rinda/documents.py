"""The parts of docs/ that are made from the code, between marks in the files."""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from appliance.tables import CardFile
from config import VERSION
from config.settings import Settings
from config.specialist import SpecialistSettings
from desk.interface import openapi
from messaging.contract import asyncapi, messages_table, topics_table
from messaging.messages import COMMAND_ENVELOPES, EVENT_ENVELOPES
from queue_core.life import TRANSITIONS


def write(folder: Path) -> None:
    """Bring every generated file and part below `folder` up to date."""
    for name, text in generated(folder).items():
        (folder / name).write_text(text)


def generated(folder: Path) -> dict[str, str]:
    """File name → what it must say."""
    mqtt = (folder / "mqtt.md").read_text()
    for mark, part in (
        ("topics", topics_table()),
        ("commands", messages_table(COMMAND_ENVELOPES)),
        ("events", messages_table(EVENT_ENVELOPES)),
    ):
        mqtt = _between(mqtt, mark, part)
    life = _between((folder / "ticket-life.md").read_text(), "diagram", life_diagram())
    settings = _between((folder / "settings.md").read_text(), "settings", settings_tables(Settings))
    specialist = _between(
        (folder / "specialist.md").read_text(), "settings", settings_tables(SpecialistSettings)
    )
    card = _between((folder / "card.md").read_text(), "keys", settings_tables(CardFile))
    return {
        "card.md": card,
        "asyncapi.json": json.dumps(asyncapi(VERSION), ensure_ascii=False, indent=1) + "\n",
        "openapi.json": json.dumps(openapi(VERSION), ensure_ascii=False, indent=1) + "\n",
        "mqtt.md": mqtt,
        "ticket-life.md": life,
        "settings.md": settings,
        "specialist.md": specialist,
    }


def life_diagram() -> str:
    """The table of a ticket's life as a Mermaid state diagram."""
    rows = [f"    {start} --> {end}: {verb}" for (start, verb), end in TRANSITIONS.items()]
    return "\n".join(
        ["```mermaid", "stateDiagram-v2", "    [*] --> booked", "    [*] --> waiting", *rows, "```"]
    )


def settings_tables(model: type[BaseModel]) -> str:
    """Every setting: table, key, what is expected, default."""
    schema = model.model_json_schema()
    parts = []
    for name, field in schema["properties"].items():
        repeated = field.get("type") == "array"
        definition = _definition(schema, field["items"] if repeated else field)
        parts.append(_table(schema, f"[[{name}]]" if repeated else f"[{name}]", definition))
    return "\n\n".join(parts)


def _table(schema: dict[str, Any], title: str, section: dict[str, Any]) -> str:
    rows = [f"### `{title}`", "", section["description"], ""]
    rows += ["| key | expected | default |", "|---|---|---|"]
    inner = []
    for key, field in section["properties"].items():
        if "$ref" in field:
            name = f"{title.strip('[]')}.{key}"
            inner.append(_table(schema, f"[{name}]", _definition(schema, field)))
            continue
        if "$ref" in field.get("items", {}):
            name = f"{title.strip('[]')}.{key}"
            inner.append(_table(schema, f"[[{name}]]", _definition(schema, field["items"])))
            continue
        required = key in section.get("required", ())
        default = "required" if required else f"`{json.dumps(field.get('default'))}`"
        rows.append(f"| `{key}` | {_expected(field)} | {default} |")
    return "\n\n".join(["\n".join(rows), *inner])


def _definition(schema: dict[str, Any], field: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = schema["$defs"][field["$ref"].rpartition("/")[2]]
    return found


def _expected(field: dict[str, Any]) -> str:
    """A JSON Schema of a value in words: its own, where it has some."""
    if "description" in field:
        return str(field["description"])
    if "enum" in field:
        return "one of " + ", ".join(f"`{each}`" for each in field["enum"])
    if "anyOf" in field:
        return _expected(field["anyOf"][0])
    if "prefixItems" in field:
        return f"list of {len(field['prefixItems'])}: {_expected(field['prefixItems'][0])}"
    if field.get("type") == "array":
        return f"list: {_expected(field['items'])}"
    if field.get("type") == "object":
        return "texts by language"
    words = {"string": "text", "integer": "number", "boolean": "`true` or `false`"}
    expected = words.get(field.get("type", ""), str(field.get("type")))
    if "minimum" in field:
        expected += f" {field['minimum']}–{field['maximum']}"
    if "pattern" in field:
        expected += f" like `{field['pattern']}`".replace("|", "\\|")
    return expected


def _between(text: str, mark: str, part: str) -> str:
    start, end = f"<!-- {mark}: made by `rinda documents` -->", f"<!-- end of {mark} -->"
    before, _, rest = text.partition(start)
    _, found, after = rest.partition(end)
    if not found:
        raise ValueError(f"the marks of {mark} are missing")
    return f"{before}{start}\n\n{part}\n\n{end}{after}"
