"""Colours: the usual ones and those of high contrast. Every text is at least 7 : 1 on its ground,
every edge that matters at least 3 : 1. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paint:
    """A surface, what is written on it, its edge, and the surface while it is pressed."""

    fill: str
    ink: str
    line: str
    down: str


@dataclass(frozen=True, slots=True)
class Look:
    """All colours of the screens. `accent` is for the number and the centre's name, `focus` for
    the ring around what a key would press, `line` an edge's width in millimetres."""

    page: str
    card: str
    ink: str
    quiet: str
    accent: str
    good: str
    choice: Paint
    closed: Paint
    button: Paint
    note: Paint
    focus: str
    around_focus: str
    line: float


USUAL = Look(
    page="#F1F4F8",
    card="#FFFFFF",
    ink="#10243E",
    quiet="#3E4C60",
    accent="#8A1538",
    good="#0B5341",
    choice=Paint("#0A4D8C", "#FFFFFF", "#0A4D8C", "#06325D"),
    closed=Paint("#F1F4F8", "#10243E", "#6B7A8F", "#DFE5EC"),
    button=Paint("#FFFFFF", "#0A4D8C", "#0A4D8C", "#E6F0FA"),
    note=Paint("#FFF1C2", "#10243E", "#8A6A00", "#FFF1C2"),
    focus="#FFC400",
    around_focus="#10243E",
    line=0.6,
)

CONTRAST = Look(
    page="#000000",
    card="#000000",
    ink="#FFE600",
    quiet="#FFFFFF",
    accent="#FFE600",
    good="#FFE600",
    choice=Paint("#000000", "#FFE600", "#FFE600", "#3D3700"),
    closed=Paint("#000000", "#FFFFFF", "#FFFFFF", "#333333"),
    button=Paint("#000000", "#FFE600", "#FFE600", "#3D3700"),
    note=Paint("#FFE600", "#000000", "#FFE600", "#FFE600"),
    focus="#FFFFFF",
    around_focus="#FFFFFF",
    line=1.2,
)


def look(*, contrast: bool) -> Look:
    """The colours for this visitor."""
    return CONTRAST if contrast else USUAL
