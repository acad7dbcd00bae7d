"""Settings: typed, checked as a whole, from defaults < site file < unit file < environment."""

from importlib.metadata import version

VERSION = version("rinda")
