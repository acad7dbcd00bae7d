"""The command `rinda`: starts each program, checks settings, shows a whole centre."""

from importlib.metadata import version

VERSION = version("rinda")
