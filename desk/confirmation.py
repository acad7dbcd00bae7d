"""What a visitor takes home of an appointment: a page of PDF, a line of a calendar."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import qrcode
from fpdf import FPDF
from icalendar import Calendar, Event
from PIL import ImageFont
from qrcode.image.svg import SvgPathImage

from messaging.appointments import Made
from messaging.booking_code import qr_text, spaced
from texts import Language

A5 = (148, 210)
"""Millimetres."""

FONTS = (("", "DejaVuSans.ttf"), ("B", "DejaVuSans-Bold.ttf"))


@dataclass(frozen=True, slots=True)
class Confirmation:
    """An appointment and its code, as its visitor is told. `booking`: the code's digest, `made`: of
    what the code is made."""

    site: str
    booking: str
    made: Made
    code: str
    place: str
    service: str
    service_name: str
    starts_at: datetime
    minutes: int
    zone: ZoneInfo

    @property
    def spaced(self) -> str:
        """The code as it is read aloud."""
        return spaced(self.code)

    def when(self, language: Language) -> str:
        """Day, year and time."""
        local = self.starts_at.astimezone(self.zone)
        return f"{language.day(local.date())} {local.year}, {language.clock(local, self.zone)}"


def svg(confirmation: Confirmation) -> str:
    """The QR code for a page."""
    code = qrcode.QRCode(image_factory=SvgPathImage, border=4)
    code.add_data(qr_text(confirmation.site, confirmation.code))
    return str(code.make_image().to_string(encoding="unicode"))


def pdf(confirmation: Confirmation, language: Language) -> bytes:
    """A page of A5."""
    page = FPDF(format=A5)
    page.set_title(language.text("Appointment"))
    page.set_lang(language.code)
    for style, file in FONTS:
        page.add_font("DejaVu", style, str(ImageFont.truetype(file).path))
    page.add_page()
    for style, size, words in (
        ("B", 20, language.text("Appointment")),
        ("B", 16, confirmation.when(language)),
        ("", 14, confirmation.service_name),
        ("", 14, confirmation.place),
        ("", 12, language.text("Your code")),
        ("B", 24, confirmation.spaced),
    ):
        page.set_font("DejaVu", style, size)
        page.multi_cell(0, size * 0.55, words, new_x="LMARGIN", new_y="NEXT")
        page.ln(2)
    code = qrcode.QRCode(border=4)
    code.add_data(qr_text(confirmation.site, confirmation.code))
    page.image(code.make_image().get_image(), w=60)
    page.set_font("DejaVu", "", 12)
    page.multi_cell(0, 7, language.text("Show this to the scanner of the kiosk, or type the code."))
    return bytes(page.output())


def calendar_file(confirmation: Confirmation, made_at: datetime) -> bytes:
    """An event of iCalendar, without the code."""
    event = Event()
    event.add("uid", f"{confirmation.booking}@{confirmation.site}")
    event.add("summary", confirmation.service_name)
    event.add("location", confirmation.place)
    event.add("dtstamp", made_at)
    event.add("dtstart", confirmation.starts_at)
    event.add("dtend", confirmation.starts_at + timedelta(minutes=confirmation.minutes))
    calendar = Calendar()
    calendar.add("prodid", "-//Rinda//Consultations//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
