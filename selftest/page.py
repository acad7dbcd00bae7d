"""The result as one page that needs nothing else: to look at, to print, to send."""

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from messaging.messages import SelfTestReport
from texts import Language, checks

MARKS = {"good": "✓", "bad": "✗", "skipped": "–"}


def write_page(
    path: Path, report: SelfTestReport, timezone: str, languages: Sequence[Language]
) -> None:
    """In each language, one after another."""
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = templates.get_template("page.html").render(
        report=report,
        at=report.at.astimezone(ZoneInfo(timezone)),
        languages=languages,
        title=checks.title,
        found=checks.found,
        advice=checks.advice,
        marks=MARKS,
    )
    fresh = path.with_suffix(".new")
    fresh.write_text(page, encoding="utf-8")
    fresh.replace(path)
