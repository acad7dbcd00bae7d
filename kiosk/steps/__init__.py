"""What an input does, by kind; `kiosk/flow.py` has them all in one table. Pure.

A step leaves the model as it is where an input does not fit its screen.
"""
