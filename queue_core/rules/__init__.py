"""What each command causes, by kind; `queue_core/decide.py` has them all in one table."""
