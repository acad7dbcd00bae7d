"""Every kind in the settings has its driver."""

from pathlib import Path

import pytest

from config.devices import AudioSettings, PrinterSettings, ScannerSettings
from drivers.audio import AplayAudio, NoAudio, SimulatedAudio
from drivers.build import build_audio, build_printer, build_scanner, build_speech
from drivers.camera_scanner import CameraScanner
from drivers.errors import SettingError
from drivers.escpos_printer import EscposPrinter
from drivers.gm65_scanner import Gm65Scanner
from drivers.keyboard_scanner import KeyboardScanner
from drivers.printer import NoPrinter, PrintResult, TicketPaper
from drivers.scanner import NoScanner
from drivers.serial_scanner import SerialScanner
from drivers.simulated_printer import SimulatedPrinter
from drivers.speech import EspeakSpeech, NoSpeech


@pytest.mark.parametrize(
    "settings",
    [
        PrinterSettings(kind="serial", port="/nowhere/printer"),
        PrinterSettings(kind="usb", usb_vendor=1, usb_product=1),
        PrinterSettings(kind="network", host="127.0.0.1", tcp_port=1),
        PrinterSettings(kind="file", port="/nowhere/lp0"),
    ],
)
def test_absent_printers(settings: PrinterSettings) -> None:
    printer = build_printer(settings)
    assert isinstance(printer, EscposPrinter)
    assert printer.status().fault == "printer_offline"
    printer.close()


def test_a_built_printer_prints(twin: SimulatedPrinter, port: Path, paper: TicketPaper) -> None:
    printer = build_printer(PrinterSettings(kind="serial", port=str(port)))
    assert printer.print_ticket(paper).result is not PrintResult.FAILED
    printer.close()


def test_a_wrong_profile_is_told_at_once() -> None:
    with pytest.raises(SettingError):
        build_printer(PrinterSettings(kind="usb", profile="no such"))


def test_none_and_the_others(tmp_path: Path) -> None:
    assert isinstance(build_printer(PrinterSettings()), NoPrinter)
    assert isinstance(build_scanner(ScannerSettings()), NoScanner)
    assert isinstance(build_scanner(ScannerSettings(kind="serial")), SerialScanner)
    assert isinstance(build_scanner(ScannerSettings(kind="gm65")), Gm65Scanner)
    assert isinstance(build_scanner(ScannerSettings(kind="keyboard")), KeyboardScanner)
    assert isinstance(build_scanner(ScannerSettings(kind="camera")), CameraScanner)
    assert isinstance(build_audio(AudioSettings(kind="none")), NoAudio)
    assert isinstance(build_audio(AudioSettings()), AplayAudio)
    assert isinstance(build_audio(AudioSettings(kind="simulated")), SimulatedAudio)
    assert isinstance(build_speech(AudioSettings(), tmp_path), EspeakSpeech)
    assert isinstance(build_speech(AudioSettings(speech=False), tmp_path), NoSpeech)
    assert isinstance(build_speech(AudioSettings(kind="none"), tmp_path), NoSpeech)
