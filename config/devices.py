"""Settings of what is plugged into a unit."""

from math import isclose
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from config.values import Baud, Port, Section


class PrinterSettings(Section):
    """The ticket printer. `columns`: letters in a line of the printer's font A (48 or 32).

    `mode`: text in the printer's own letters, or a picture; auto: text where its code page has all
    Latvian letters. `code_page` "": the first such page of the profile. `flow`: how a serial
    printer says that it can take no more. `presenter_seconds`: after so long a printer with a
    presenter (Custom's FS P) takes back a ticket that nobody took; 0: it has none.
    """

    kind: Literal["none", "serial", "usb", "network", "file"] = "none"
    port: str = "/dev/rinda/printer"
    baud: Baud = 19200
    flow: Literal["none", "rtscts", "xonxoff"] = "none"
    host: str = ""
    tcp_port: Port = 9100
    usb_vendor: int = 0
    usb_product: int = 0
    profile: str = "default"
    mode: Literal["auto", "text", "picture"] = "auto"
    code_page: str = ""
    columns: Annotated[int, Field(ge=24, le=64)] = 48
    presenter_seconds: Annotated[int, Field(ge=0, le=255)] = 0


class ScannerSettings(Section):
    """The QR scanner. gm65: a serial module of the GM65 and GM861 family, which is set up and asked
    whether it is there. keyboard: one that types keys; `port` is its input device. camera: a USB
    camera, whose pictures the `decoder` reads.
    """

    kind: Literal["none", "serial", "gm65", "keyboard", "camera"] = "none"
    port: str = "/dev/rinda/scanner"
    baud: Baud = 9600
    decoder: Literal["zxing", "zbar"] = "zxing"


class AudioSettings(Section):
    """Sound of a board or a kiosk. The simulated kind writes a line for each sound to `log`."""

    kind: Literal["none", "aplay", "simulated"] = "aplay"
    device: str = "default"
    log: str = ""
    speech: bool = True


Affine = tuple[float, float, float, float, float, float]
"""(a, b, c, d, e, f): what arrives at x, y was meant for a·x + b·y + c, d·x + e·y + f. Both are
parts of the panel's width and height, from its upper left corner, before any turn."""

UNCHANGED: Affine = (1, 0, 0, 0, 1, 0)


def _reversible(affine: Affine) -> Affine:
    a, b, _, d, e, _ = affine
    if isclose(a * e, b * d, abs_tol=0.01):
        raise ValueError(
            "expected six numbers that leave the screen an area, as the self-test says"
        )
    return affine


class WindowSettings(Section):
    """The screen: pixels, and its diagonal, from which follow the sizes of letters and buttons;
    `fullscreen` ignores place and pixels. `rotation`: how far the picture is turned clockwise on
    its panel, and touches with it. `touch`: six numbers, which `rinda selftest` says when touches
    do not arrive where the panel was touched (on a unit's own screen, without a desktop).
    """

    fullscreen: bool = True
    left: int = 0
    top: int = 0
    width: Annotated[int, Field(ge=320, le=7680)] = 1080
    height: Annotated[int, Field(ge=240, le=7680)] = 1920
    diagonal_inches: Annotated[float, Field(ge=5, le=100)] = 21.5
    rotation: Literal[0, 90, 180, 270] = 0
    touch: Annotated[Affine, AfterValidator(_reversible)] = UNCHANGED


class BrightnessSettings(Section):
    """How bright from a time of the day on, until the next of these times."""

    at: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    percent: Annotated[int, Field(ge=10, le=100)]


class BacklightSettings(Section):
    """The light behind the screen. sysfs: the kernel's driver of a panel that has one (most HDMI
    screens have none). `hours`: its strength by the time of the day; none: always full. A kiosk's
    screen that rests burns with `resting_percent` of that.
    """

    kind: Literal["none", "sysfs"] = "none"
    folder: str = "/sys/class/backlight"
    resting_percent: Annotated[int, Field(ge=10, le=100)] = 30
    hours: tuple[BrightnessSettings, ...] = ()
