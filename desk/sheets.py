"""Figures as files: CSV as Latvian Excel opens it, JSON, XLSX, and the form of the accounting.

Columns keep the names of docs/figures.md in every language.
"""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence

import xlsxwriter

from messaging.messages import FiguresView
from queue_core import reports
from queue_core.centre import Centre
from queue_core.reports import Column
from texts import Language, language

CSV, JSON, XLSX = (
    "text/csv; charset=utf-8",
    "application/json",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)

ACCOUNTING = (Column.MONTH, Column.INSTITUTION, Column.SERVICE, Column.CHANNEL)
"""By what a report is asked that is to be made into `accounting`."""


def csv_of(view: FiguresView) -> bytes:
    """With a byte order mark and semicolons."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";")
    writer.writerow(view.columns)
    writer.writerows(map(_plain, view.rows))
    return written.getvalue().encode("utf-8-sig")


def json_of(views: Sequence[FiguresView]) -> bytes:
    """Table → its rows, each as an object."""
    tables = {view.table: view.objects for view in views}
    return json.dumps(tables, ensure_ascii=False, indent=1).encode()


def xlsx_of(views: Sequence[FiguresView]) -> bytes:
    """A sheet for each table."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold = book.add_format({"bold": True})
        for view in views:
            sheet = book.add_worksheet(view.table)
            sheet.write_row(0, 0, view.columns, bold)
            for number, row in enumerate(view.rows, 1):
                sheet.write_row(number, 0, row)
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, len(view.rows), len(view.columns) - 1)
            sheet.autofit()
    return file.getvalue()


def accounting(work: FiguresView, centre: Centre) -> FiguresView:
    """What *Pakalpojumucentri.lv* counts, by month, in the words of the centre's first language."""
    words = language(centre.languages[0])
    place = {name: work.columns.index(name) for name in (*ACCOUNTING, "count")}
    rows = tuple(
        (
            row[place["month"]],
            _institution(centre, words, str(row[place["institution"]])),
            _service(centre, words, str(row[place["service"]])),
            channels(words)[str(row[place["channel"]])],
            words.pick(centre.name),
            row[place["count"]],
        )
        for row in work.rows
    )
    columns = ("month", "institution", "service", "channel", "centre", "count")
    return FiguresView(table="accounting", columns=columns, rows=rows)


def discreet(view: FiguresView) -> FiguresView:
    """As `reports.discreet`."""
    if "rating_sum" not in view.columns:
        return view
    rows = tuple(tuple(row.values()) for row in reports.discreet(view.objects))
    return view.model_copy(update={"rows": rows})


def channels(words: Language) -> Mapping[str, str]:
    """How each channel is called."""
    return {
        "in_person": words.text("In person"),
        "remote": words.text("By video"),
        "phone": words.text("By phone"),
        "email": words.text("By e-mail"),
    }


FORMATS: Mapping[str, tuple[str, Callable[[Sequence[FiguresView], Centre], bytes]]] = {
    "xlsx": (XLSX, lambda views, _: xlsx_of(views)),
    "json": (JSON, lambda views, _: json_of(views)),
    "visits.csv": (CSV, lambda views, _: csv_of(views[0])),
    "work.csv": (CSV, lambda views, _: csv_of(views[1])),
    "counters.csv": (CSV, lambda views, _: csv_of(views[2])),
    "accounting.csv": (CSV, lambda views, centre: csv_of(accounting(views[1], centre))),
}
"""Name → media type, and how the three tables become it."""


def _institution(centre: Centre, words: Language, name: str) -> str:
    return words.pick(centre.institutions[name].name) if name in centre.institutions else name


def _service(centre: Centre, words: Language, name: str) -> str:
    return words.pick(centre.services[name].name) if name in centre.services else name


def _plain(row: Sequence[str | int]) -> list[str | int]:
    """No text that a spreadsheet would take for a formula."""
    return [f"'{each}" if str(each)[:1] in {"=", "+", "-", "@"} else each for each in row]
