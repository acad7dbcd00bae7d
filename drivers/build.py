"""From settings to drivers."""

from collections.abc import Callable
from pathlib import Path
from typing import assert_never

from config.devices import AudioSettings, BacklightSettings, PrinterSettings, ScannerSettings
from drivers.audio import AplayAudio, Audio, NoAudio, SimulatedAudio
from drivers.backlight import Daylight, NoBacklight, SysfsBacklight
from drivers.camera_scanner import CameraScanner
from drivers.decoding import DECODERS
from drivers.errors import SettingError
from drivers.escpos_printer import EscposPrinter
from drivers.gm65_scanner import Gm65Scanner
from drivers.keyboard_scanner import KeyboardScanner
from drivers.printer import NoPrinter, Printer
from drivers.printer_line import PrinterLine, open_file, open_network, open_serial, open_usb
from drivers.scanner import NoScanner, Scanner
from drivers.serial_scanner import SerialScanner
from drivers.speech import EspeakSpeech, NoSpeech, Speech
from drivers.ticket_layout import TicketLayout


def build_printer(settings: PrinterSettings) -> Printer:
    """Opens nothing yet. SettingError for a profile or code page that does not exist."""
    open_line = _line_opener(settings)
    if open_line is None:
        return NoPrinter()
    layout = TicketLayout(
        settings.columns,
        settings.profile,
        settings.mode,
        settings.code_page,
        settings.presenter_seconds,
    )
    return EscposPrinter(open_line, layout)


def build_scanner(settings: ScannerSettings) -> Scanner:
    """Opens nothing yet. SettingError for a camera without the library that it needs."""
    match settings.kind:
        case "none":
            return NoScanner()
        case "serial":
            return SerialScanner(settings.port, settings.baud)
        case "gm65":
            return Gm65Scanner(settings.port, settings.baud)
        case "keyboard":
            return KeyboardScanner(settings.port)
        case "camera":
            return _build_camera(settings)
        case _:
            assert_never(settings.kind)


def build_audio(settings: AudioSettings) -> Audio:
    match settings.kind:
        case "none":
            return NoAudio()
        case "aplay":
            return AplayAudio(settings.device)
        case "simulated":
            return SimulatedAudio(Path(settings.log) if settings.log else None)
        case _:
            assert_never(settings.kind)


def build_daylight(settings: BacklightSettings, zone: str) -> Daylight:
    none = settings.kind == "none"
    light = NoBacklight() if none else SysfsBacklight(Path(settings.folder))
    return Daylight(light, settings, zone)


def build_speech(settings: AudioSettings, folder: Path) -> Speech:
    """`folder` keeps the spoken sounds, and nothing else."""
    if settings.kind == "none" or not settings.speech:
        return NoSpeech()
    return EspeakSpeech(folder)


def _build_camera(settings: ScannerSettings) -> Scanner:
    try:
        from drivers.camera import camera_frames
    except ImportError:
        raise SettingError("scanner kind 'camera' needs OpenCV: install rinda[camera]") from None
    return CameraScanner(lambda: camera_frames(settings.port), DECODERS[settings.decoder])


def _line_opener(settings: PrinterSettings) -> Callable[[], PrinterLine] | None:
    match settings.kind:
        case "none":
            return None
        case "serial":
            return lambda: open_serial(settings.port, settings.baud, settings.flow)
        case "usb":
            return lambda: open_usb(settings.usb_vendor, settings.usb_product)
        case "network":
            return lambda: open_network(settings.host, settings.tcp_port)
        case "file":
            return lambda: open_file(Path(settings.port))
        case _:
            assert_never(settings.kind)
