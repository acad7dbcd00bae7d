"""What keeps a demonstration from going on."""


class CentreError(Exception):
    """A part of the centre cannot start; the words are one sentence for the user."""
