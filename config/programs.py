"""Settings of each program, and of the unit that it runs on."""

from typing import Annotated, Literal

from pydantic import Field

from config.devices import (
    AudioSettings,
    BacklightSettings,
    PrinterSettings,
    ScannerSettings,
    WindowSettings,
)
from config.values import (
    PIN,
    Baud,
    Identifier,
    OptionalIdentifier,
    Port,
    Seconds,
    Section,
    TextsByLanguage,
)

CENTURY_SECONDS = 36_525 * 86_400


class UnitSettings(Section):
    """Which unit this is. Its id is its MQTT identity; staff see its `name`, where it has one."""

    id: Identifier = "unit"
    name: TextsByLanguage = Field(default={})


class IdentitySettings(Section):
    """Who may be on the link: a program's MQTT identity, and what it is. Where none is listed,
    anybody may do anything, as in a demonstration. `machine`: a Pi without a program of its name.
    """

    id: Identifier
    role: Literal[
        "module", "kiosk", "display", "desk", "visitor-page", "bridge", "consultations", "machine"
    ]


class BrokerSettings(Section):
    """Where Mosquitto is. `tls`: the folder with what `rinda enrol` gave this unit; "": the link is
    in the clear and proves nobody's identity, as in a demonstration.
    """

    host: str = "127.0.0.1"
    port: Port = 1883
    tls: str = ""


class ModuleSettings(Section):
    """The queue module. `backup_folder`: where `rinda backup` copies the log to, on another medium;
    "": nowhere. Copies of the last `backup_days` are kept. `changes_folder`: where it keeps what
    leads change at the desk, one file for each time; the newest counts. The log keeps the events of
    `keep_days` days, counted as they began here; of older days it keeps figures only.
    """

    database: str = "/var/lib/rinda/queue.db"
    backup_folder: str = ""
    changes_folder: str = "/var/lib/rinda/changes"
    backup_days: Annotated[int, Field(ge=2, le=400)] = 14
    keep_days: Annotated[int, Field(ge=30, le=4000)] = 400


class ConsultationsSettings(Section):
    """The register of consultations. `database`: a file, or the `postgresql://` address of one that
    several centres share, with its password in PGPASSFILE. A slot that was given up is held for
    so much of opening time for the first on the waiting list. What is over is forgotten after
    `keep_days`.
    """

    database: str = "/var/lib/rinda/consultations.db"
    held_minutes: Annotated[int, Field(ge=5, le=2880)] = 120
    keep_days: Annotated[int, Field(ge=1, le=4000)] = 400


class KioskSettings(Section):
    """The ticket kiosk. `database`: what it must know to give numbers by itself, which it does when
    the queue module is away or has not replied in `reply_seconds`. `maintenance_pin`: a
    technician's, as `rinda pin` prints it; "": none. `double_strike_seconds`: the same button or
    key once more counts only after so long. `rest_minutes`: so long without touch, key or presence,
    the first screen rests until somebody comes; 0: never.
    """

    database: str = "/var/lib/rinda/kiosk.db"
    double_strike_seconds: Annotated[float, Field(ge=0.3, le=2)] = 0.3
    idle_seconds: Seconds = 90
    ticket_seconds: Seconds = 60
    rest_minutes: Annotated[float, Field(ge=0, le=600)] = 0
    reply_seconds: Seconds = 2
    maintenance_pin: Annotated[str, Field(pattern=rf"^({PIN})?$")] = ""
    printer: PrinterSettings = PrinterSettings()
    scanner: ScannerSettings = ScannerSettings()
    audio: AudioSettings = AudioSettings()
    backlight: BacklightSettings = BacklightSettings()
    window: WindowSettings = WindowSettings()


class DisplaySettings(Section):
    """The waiting-room board. `stale_seconds`: how long news may fail to come, which the queue
    module sends every two, before the board says so.
    """

    stale_seconds: Seconds = 4
    audio: AudioSettings = AudioSettings()
    backlight: BacklightSettings = BacklightSettings()
    window: WindowSettings = WindowSettings(width=1920, height=1080)


class DeskSettings(Section):
    """The staff's web page. `tls`: the folder with `page.pem` and `page-key.pem`, as `rinda page`
    makes them; "": none, and only browsers on this very machine reach it. `metrics`: whether
    `/metrics` tells Prometheus how the centre is, to whoever reaches the port.
    """

    host: str = "127.0.0.1"
    port: Port = 8080
    tls: str = ""
    sign_out_minutes: Annotated[int, Field(ge=5, le=720)] = 90
    metrics: bool = False


class VisitorPageSettings(Section):
    """The page that a visitor's phone opens by the QR code of a ticket. `address`: where phones of
    the guest network find it, e.g. http://192.168.50.1:8090; "": there is none, and the codes are
    for the kiosk only. All units need it. `tls`: as for the desk.
    """

    address: Annotated[str, Field(pattern=r"^(https?://[a-z0-9.:\[\]-]{1,60})?$")] = ""
    host: str = "0.0.0.0"  # noqa: S104 - it is made for strangers
    port: Port = 8090
    tls: str = ""


class BridgeSettings(Section):
    """The unit's microcontroller. `id`: the MQTT identity of its program, another than that of the
    unit's other program. `counters`: which counter is wired to place 1, 2 …

    `kiosk`: the unit before which its presence sensor looks and whose calls for help its lamp
    shows; "": none. `hot_celsius`: from here on the unit is too hot inside.
    `updates`: whether a controller with another firmware than this package's gets that one.
    """

    id: Identifier = "bridge"
    port: str = "/dev/rinda/controller"
    baud: Baud = 115_200
    counters: Annotated[tuple[Identifier, ...], Field(max_length=255)] = ()
    kiosk: OptionalIdentifier = ""
    hot_celsius: Annotated[int, Field(ge=30, le=100)] = 70
    updates: bool = True


class ClockSettings(Section):
    """Moves the clock of every program, for demonstrations and tests only; at most a century."""

    offset_seconds: Annotated[
        float, Field(ge=-CENTURY_SECONDS, le=CENTURY_SECONDS, allow_inf_nan=False)
    ] = 0.0
