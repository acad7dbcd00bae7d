"""What a driver may raise. Operating system errors end here and never reach a caller."""


class DriverError(Exception):
    """Root of the room's errors."""


class SettingError(DriverError):
    """A setting names something the hardware library does not know: tell the technician, stop."""


class PrinterLostError(DriverError):
    """The line to the printer is gone or silent: report it, try again later."""
