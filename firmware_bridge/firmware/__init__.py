"""The firmware of the controller, in MicroPython. `rinda firmware` lays its files out for a Pico.

Only `pins` knows the board; all else runs on a computer too.
"""
