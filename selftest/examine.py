"""One check after another, and its result in the terminal."""

import logging
import os
import sys
from collections.abc import Iterable, Iterator

from messaging.messages import Finding, Outcome
from selftest.findings import bad
from selftest.person import Person
from selftest.plan import Check
from texts import Language
from texts.checks import advice, line

log = logging.getLogger(__name__)

MARKS = {Outcome.GOOD: "✓", Outcome.BAD: "✗", Outcome.SKIPPED: "–"}
"""Never a colour alone."""

COLOURS = {Outcome.GOOD: "\033[32m", Outcome.BAD: "\033[1;31m", Outcome.SKIPPED: ""}
PLAIN = "\033[0m"


def examine(plan: Iterable[Check], person: Person, language: Language) -> Iterator[Finding]:
    """Try each and say what was found; what is bad once more, as often as the person wants."""
    for check in plan:
        while True:
            finding = _look(check)
            _say(finding, language)
            if finding.outcome is not Outcome.BAD or not person.agrees(language.text("Try again?")):
                break
        yield finding


def _look(check: Check) -> Finding:
    try:
        return check.look()
    except Exception as error:
        log.exception("the check of %s failed", check.name)
        return bad(check.name, "check_failed", error=type(error).__name__)


def _say(finding: Finding, language: Language) -> None:
    words = line(language, finding.check, finding.code, finding.facts)
    print(f" {_mark(finding.outcome)} {words}", flush=True)
    if finding.outcome is Outcome.BAD:
        print(f"   → {advice(language, finding.code, finding.facts)}", flush=True)


def _mark(outcome: Outcome) -> str:
    coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ and COLOURS[outcome]
    return f"{COLOURS[outcome]}{MARKS[outcome]}{PLAIN}" if coloured else MARKS[outcome]
