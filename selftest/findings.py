"""Findings in short. Their codes have sentences in `texts/checks.py`."""

from messaging.messages import Finding, Outcome


def good(check: str, code: str, **facts: object) -> Finding:
    """The part works."""
    return _finding(check, Outcome.GOOD, code, facts)


def bad(check: str, code: str, **facts: object) -> Finding:
    """Somebody must see to the part."""
    return _finding(check, Outcome.BAD, code, facts)


def skipped(check: str, code: str) -> Finding:
    """The part was not tried, and that is no fault of its own."""
    return _finding(check, Outcome.SKIPPED, code, {})


def _finding(check: str, outcome: Outcome, code: str, facts: dict[str, object]) -> Finding:
    told = {name: str(value) for name, value in facts.items()}
    return Finding(check=check, outcome=outcome, code=code, facts=told)
