"""The real desk, module and broker against what a generator makes of the document."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from requests import Session
from schemathesis.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from desk.interface import SESSION, openapi
from tests.desk.conftest import DeskProcess, Module
from tests.parts import wait_until

EXAMPLES = 20
CHECKS = [  # 500 is in no answer of the document, 503 is: a busy machine hears the queue late
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
OF_THE_STAFF = {"/", "/command", "/figures", "/figures/{file}"}
"""What is another for who is signed in. `/events` is too, but it has no end then."""


@pytest.fixture
def origin(desk: DeskProcess, module: Module) -> str:
    """Where the desk is, once it has heard of the queue."""
    origin = desk.address.rstrip("/")
    with Session() as browser:
        wait_until(lambda: browser.get(f"{origin}/health").status_code == 200)
    return origin


@pytest.fixture
def browser(origin: str) -> Iterator[Session]:
    """A stranger's, on the desk's own page."""
    with Session() as browser:
        browser.headers["Origin"] = origin
        yield browser


def test_a_stranger_is_answered_as_the_document_says(origin: str, browser: Session) -> None:
    answers = _tried(origin, browser)
    assert {200, 303, 400, 401} <= answers


def test_staff_are_answered_as_the_document_says(origin: str, browser: Session) -> None:
    form = {"staff": "klientu-1", "counter": "1", "pin": "2580"}
    browser.post(f"{origin}/sign-in", form)
    answers = _tried(origin, browser, OF_THE_STAFF)
    assert {200, 400} <= answers


def _tried(origin: str, browser: Session, paths: set[str] | None = None) -> set[int]:
    """What was answered to cases that fit the document, and to cases that do not."""
    described = openapi("test")
    if SESSION in browser.cookies:  # it would be left out, and the browser sends it
        del described["paths"]["/command"]["post"]["security"]
    schema = schemathesis.openapi.from_dict(described)
    schema.config.update(base_url=origin)
    answers = set[int]()
    for each in schema.get_all_operations():
        assert isinstance(each, Ok)
        operation = each.ok()
        if paths is None or operation.path in paths:
            modes = list(GenerationMode) if operation.body else [GenerationMode.POSITIVE]
            many = operation.body or operation.query
            for mode in modes:
                cases = operation.as_strategy(generation_mode=mode)
                answers |= _answers(cases, browser, EXAMPLES if many else 3)
    return answers


def _answers(cases: Any, browser: Session, examples: int) -> set[int]:
    answers = set[int]()

    @settings(
        max_examples=examples,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(case=cases)
    def tries(case: Any) -> None:
        response = case.call(session=browser, allow_redirects=False)
        case.validate_response(response, checks=CHECKS)
        answers.add(response.status_code)

    tries()
    return answers
