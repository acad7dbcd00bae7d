"""The self-test in a technician's words. Pure."""

from kiosk import inputs as i
from kiosk.maintenance import SelfTest
from kiosk.views import Choice, Notice, Report, ReportLine
from texts import Language, sentences

SILENT_SECONDS = 5
CLOCK_SECONDS = 5
LEAST_DISK = 200
"""Seconds that the module may be silent and the clock may differ; megabytes that shall be free."""


def report(found: SelfTest | None, out_of_service: bool, language: Language) -> Notice | Report:
    """How the parts are, the last lines of the log, and what can be done."""
    heading = language.text("Maintenance")
    if found is None:
        return Notice(heading, language.text("One moment, please."))
    serve = language.text("Take out of service")
    if out_of_service:
        serve = language.text("Put into service")
    return Report(
        heading,
        _lines(found, language),
        found.log,
        (
            Choice("look", language.text("Test again"), i.Look()),
            *_printing(found, language),
            Choice("serve", serve, i.Serve(visitors=out_of_service)),
            Choice("restart", language.text("Restart"), i.Restart()),
        ),
    )


def _printing(found: SelfTest, language: Language) -> tuple[Choice, ...]:
    trial = Choice("try_printer", language.text("Trial print"), i.TryPrinter())
    return () if found.printer is None else (trial,)


def _lines(found: SelfTest, language: Language) -> tuple[ReportLine, ...]:
    return (
        _part(language.text("Printer"), found.printer, language),
        _part(language.text("Scanner"), found.scanner, language),
        ReportLine(
            language.text("Network"),
            language.text("connected") if found.broker else language.text("not connected"),
            found.broker,
        ),
        _module(found.module_seconds, language),
        _clock(found.clock_seconds, language),
        ReportLine(
            language.text("Disk"),
            language.text("{free} MB free", free=found.disk_free),
            found.disk_free >= LEAST_DISK,
        ),
        ReportLine(language.text("Unit"), f"{found.unit}, Rinda {found.version}", good=True),
    )


def _part(name: str, faults: tuple[str, ...] | None, language: Language) -> ReportLine:
    if faults is None:
        return ReportLine(name, language.text("none"), good=True)
    words = " ".join(sentences.fault(language, each) for each in faults)
    return ReportLine(name, words or language.text("works"), not faults)


def _module(seconds: float | None, language: Language) -> ReportLine:
    name = language.text("Queue module")
    if seconds is None:
        return ReportLine(name, language.text("has not answered"), good=False)
    words = language.text("spoke {seconds} s ago", seconds=round(seconds))
    return ReportLine(name, words, seconds < SILENT_SECONDS)


def _clock(seconds: float | None, language: Language) -> ReportLine:
    name = language.text("Clock")
    if seconds is None:
        return ReportLine(name, language.text("not compared"), good=False)
    words = language.text("differs by {seconds} s", seconds=round(abs(seconds)))
    return ReportLine(name, words, abs(seconds) < CLOCK_SECONDS)
