"""What the desk's page says to its server, as a document: OpenAPI 3.1, made from the types."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from desk.periods import PERIODS
from messaging.messages import Message, Role
from messaging.roles import ORDERS
from queue_core.commands import COMMANDS
from queue_core.refusals import RefusalCode
from queue_core.reports import Column
from web.guard import LONGEST_BODY

SESSION = "rinda_session"
FORM, JSON, HTML, TEXT, PDF, CALENDAR, GZIP = (
    "application/x-www-form-urlencoded",
    "application/json",
    "text/html",
    "text/plain",
    "application/pdf",
    "text/calendar",
    "application/gzip",
)


class Answer(Message):
    """What came of an order, in a sentence for the clerk; `refusal`: why the queue refused it."""

    message: str
    refusal: RefusalCode | None = None


class Health(Message):
    """Whether the desk reaches the queue; `age_seconds`: since the module's last sign of life."""

    connected: bool
    fresh: bool
    age_seconds: float | None


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that may be asked. `answers`: status → media type. `parameters`: of the path;
    `query`: name → schema of what may be asked for more closely."""

    method: str
    path: str
    summary: str
    answers: Mapping[int, str]
    takes: str = ""
    signed_in: bool = False
    parameters: Sequence[str] = field(default=())
    query: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


_DAY = {"type": "string", "format": "date"}
_PERIOD: Mapping[str, Mapping[str, Any]] = {
    "period": {"type": "string", "enum": list(PERIODS)},
    "first": _DAY,
    "last": _DAY,
}
_BY = {"type": "array", "items": {"type": "string", "enum": list(Column)}}

OPERATIONS: Sequence[Operation] = (
    Operation("GET", "/", "The page; for a stranger, the one to sign in.", {200: HTML}),
    Operation(
        "POST",
        "/sign-in",
        "Begin a session at a counter.",
        {303: "", 400: HTML, 403: HTML},
        takes=FORM,
    ),
    Operation("POST", "/sign-out", "End the session.", {303: ""}),
    Operation(
        "GET",
        "/language/{code}",
        "Speak this language, or the centre's first one.",
        {303: ""},
        parameters=("code",),
    ),
    Operation(
        "GET",
        "/events",
        "What changes on the page, until it is closed; a stranger is told `signed_out`.",
        {200: "text/event-stream"},
    ),
    Operation(
        "POST",
        "/command",
        "Order something at the session's counter.",
        dict.fromkeys((200, 400, 401, 403, 409, 503), JSON),
        takes=JSON,
        signed_in=True,
    ),
    Operation("GET", "/bookings", "Appointments of today.", {200: HTML, 303: "", 503: HTML}),
    Operation(
        "POST",
        "/bookings",
        "Find an appointment by its code, or order something of the register.",
        dict.fromkeys((200, 400, 401, 409, 503), HTML),
        takes=FORM,
    ),
    *(
        Operation("GET", path, summary, {200: kind, 303: "", 503: HTML}, parameters=parameters)
        for path, summary, kind, parameters in (
            ("/bookings/day/{day}", "Appointments of a day.", HTML, ("day",)),
            ("/bookings/slots/{schedule}/{day}", "Free times.", HTML, ("schedule", "day")),
            (
                "/bookings/move/{booking}/{schedule}/{day}",
                "Free times for an appointment that moves.",
                HTML,
                ("booking", "schedule", "day"),
            ),
            (
                "/bookings/{question}/confirmation.pdf",
                "What was booked, to print; for who booked it.",
                PDF,
                ("question",),
            ),
            (
                "/bookings/{question}/appointment.ics",
                "The same for a calendar, without the code.",
                CALENDAR,
                ("question",),
            ),
        )
    ),
    Operation(
        "POST",
        "/bookings/{question}/paper",
        "Print it in a `language` on the printer of a `kiosk`; what became of it, in words.",
        {200: TEXT, 303: "", 409: TEXT, 503: TEXT},
        takes=FORM,
        parameters=("question",),
    ),
    Operation("GET", "/health", "For a monitor: 503 without the queue.", {200: JSON, 503: JSON}),
    Operation(
        "GET",
        "/figures",
        "What days came to: of `period`, or from `first` to `last`; else of this month. A stranger "
        "is sent to sign in.",
        {200: HTML, 303: "", 400: HTML, 503: HTML},
        query=_PERIOD,
    ),
    Operation(
        "GET",
        "/figures/{file}",
        "The same as a file: figures.xlsx, figures.json, visits.csv, work.csv, counters.csv, "
        "accounting.csv. `by`: by what the tables are summed, each by those that it has.",
        {200: "", 303: "", 400: TEXT, 404: TEXT, 503: TEXT},
        parameters=("file",),
        query={**_PERIOD, "by": _BY},
    ),
    Operation("GET", "/figures.css", "Its look.", {200: "text/css"}),
    Operation(
        "GET", "/metrics", "For Prometheus, where `desk.metrics` is set.", {200: TEXT, 404: TEXT}
    ),
    Operation("GET", "/units", "How each unit is.", {200: HTML, 303: ""}),
    Operation(
        "POST",
        "/units",
        "A code for a new unit or a new card; with `confirmed`, restart one or shut it out.",
        dict.fromkeys((200, 400, 401, 403, 409, 503), HTML),
        takes=FORM,
    ),
    Operation(
        "GET",
        "/units/{unit}/diagnosis.tar.gz",
        "What shows somebody far away what is wrong with it.",
        {200: GZIP, 303: "", 503: HTML},
        parameters=("unit",),
    ),
    Operation("GET", "/settings", "What a lead may change.", {200: HTML, 303: "", 503: HTML}),
    Operation(
        "GET",
        "/settings/{table}/{entry}",
        "One notice, service, counter, date, or the targets; or an earlier version.",
        {200: HTML, 303: "", 503: HTML},
        parameters=("table", "entry"),
    ),
    Operation(
        "POST",
        "/settings/{table}/{entry}",
        "See what would change; with `confirmed`, change it.",
        {200: HTML, 303: "", 409: HTML, 503: HTML},
        takes=FORM,
        parameters=("table", "entry"),
    ),
    Operation("GET", "/desk.css", "The page's look.", {200: "text/css"}),
    Operation("GET", "/desk.js", "The page's script.", {200: "text/javascript"}),
    Operation("GET", "/attention.js", "Its title and sounds.", {200: "text/javascript"}),
    Operation("GET", "/dialogs.js", "Its dialogs.", {200: "text/javascript"}),
    Operation("GET", "/bookings.js", "Keys of the appointments.", {200: "text/javascript"}),
    Operation("GET", "/icon.svg", "The page's icon.", {200: "image/svg+xml"}),
)

_REFUSED = {
    403: "Not sent by this page: `Origin` is another.",
    413: f"Longer than {LONGEST_BODY} bytes, or of no length.",
    415: "Of another content type.",
}
_SIGN_IN = {
    "type": "object",
    "properties": {
        "staff": {"type": "string"},
        "counter": {"type": "string", "minLength": 1},
        "pin": {"type": "string", "minLength": 4},
    },
    "required": ["staff", "counter", "pin"],
}
_BOOKING = {
    "type": "object",
    "description": "A `code`, or an order of the register: its name, the question's id, its body.",
    "properties": {
        "code": {"type": "string", "minLength": 1},
        "name": {"enum": ["book", "move", "give_up", "wait_for_slot", "accept"]},
        "id": {"type": "string", "pattern": "^[A-Za-z0-9_-]{8,80}$"},
    },
}
_UNIT = {
    "type": "object",
    "description": "`add` a unit of a `role`; or do that to a `unit`, if `confirmed`.",
    "properties": {
        "do": {"enum": ["add", "card", "restart", "revoke"]},
        "unit": {"type": "string", "minLength": 1},
        "role": {"enum": ["kiosk", "board"]},
        "confirmed": {"const": "yes"},
    },
}
_TAKEN = {"/sign-in": "SignIn", "/command": "Order", "/bookings": "Booking", "/units": "Unit"}

_NAME = {"type": "string", "minLength": 1}
_ENTRY = {"type": "object", "additionalProperties": {"type": "string"}}
_SCHEMA = "#/components/schemas/{model}"


def openapi(version: str) -> dict[str, Any]:
    """The interface as an OpenAPI 3.1 document."""
    paths: dict[str, Any] = {}
    for each in OPERATIONS:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Rinda: the staff's page",
            "version": version,
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "paths": paths,
        "components": {
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": SESSION}},
            "schemas": {
                "SignIn": _SIGN_IN,
                "Booking": _BOOKING,
                "Unit": _UNIT,
                "Entry": _ENTRY,
                "Order": _order(),
                **_schemas(),
            },
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "summary": operation.summary,
        "responses": {str(s): _response(operation, s) for s in sorted(_statuses(operation))},
    }
    if operation.takes:
        schema = {"$ref": _SCHEMA.format(model=_TAKEN.get(operation.path, "Entry"))}
        described["requestBody"] = {
            "required": True,
            "content": {operation.takes: {"schema": schema}},
        }
    if operation.signed_in:
        described["security"] = [{"session": []}]
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": _NAME}
        for name in operation.parameters
    ] + [
        {"name": name, "in": "query", "schema": schema} for name, schema in operation.query.items()
    ]
    return described | ({"parameters": parameters} if parameters else {})


def _statuses(operation: Operation) -> set[int]:
    refused = (
        set(_REFUSED) if operation.takes else {403, 413} if operation.method == "POST" else set()
    )
    return {*operation.answers, *refused}


def _response(operation: Operation, status: int) -> dict[str, Any]:
    content: dict[str, Any] = {}
    if kind := operation.answers.get(status, ""):
        model = {"/command": "Answer", "/health": "Health"}.get(operation.path)
        content[kind] = {"schema": {"$ref": _SCHEMA.format(model=model)}} if model else {}
    if operation.method == "POST" and status in _REFUSED:
        content[TEXT] = {}
    described = _REFUSED.get(status, "") if operation.method == "POST" else ""
    return {"description": described, **({"content": content} if content else {})}


def _order() -> dict[str, Any]:
    """One of the desk's commands. Its counter is the session's."""
    names = sorted(ORDERS[Role.DESK])
    return {
        "oneOf": [
            {
                "type": "object",
                "properties": {
                    "name": {"const": name},
                    "body": {"$ref": _SCHEMA.format(model=COMMANDS[name].__name__)},
                },
                "required": ["name", "body"],
            }
            for name in names
        ]
    }


def _schemas() -> dict[str, Any]:
    types = [Answer, Health, *(COMMANDS[name] for name in sorted(ORDERS[Role.DESK]))]
    adapters: list[tuple[str, JsonSchemaMode, TypeAdapter[Any]]]
    adapters = [(each.__name__, "validation", TypeAdapter(each)) for each in types]
    _, schemas = TypeAdapter.json_schemas(adapters, ref_template=_SCHEMA)
    found: dict[str, Any] = schemas["$defs"]
    for each in found.values():
        each.get("properties", {}).pop("counter", None)
        if "counter" in each.get("required", ()):
            each["required"].remove("counter")
    return found
