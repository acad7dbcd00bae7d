"""How large a screen is that nobody has described."""

from math import isclose
from pathlib import Path

import pytest

from appliance.setup.panel import panel_of


@pytest.mark.parametrize(
    ("cm", "size", "inches"),
    [((34, 19), (1920, 1080), 15.3), ((0, 0), (1920, 1080), 15.6), (None, (800, 480), 7.0)],
)
def test_a_screen_says_its_size_or_its_pixels_do(
    tmp_path: Path, cm: tuple[int, int] | None, size: tuple[int, int], inches: float
) -> None:
    if cm:
        (tmp_path / "card1-HDMI-A-1").mkdir()
        edid = bytes(21) + bytes(cm) + bytes(105)
        (tmp_path / "card1-HDMI-A-1/edid").write_bytes(edid)
        (tmp_path / "card1-HDMI-A-2").mkdir()
        (tmp_path / "card1-HDMI-A-2/edid").write_bytes(b"")  # nothing is plugged in
    assert isclose(panel_of(size, tmp_path).inches, inches, abs_tol=0.1)
