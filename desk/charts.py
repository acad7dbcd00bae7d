"""Charts as pictures: SVG by pygal, without scripts."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

import pygal
from pygal.style import Style

WIDTH, HEIGHT, ROW = 720, 300, 34

_STYLE = Style(
    background="#fff",
    plot_background="#fff",
    foreground="#10243e",
    foreground_strong="#10243e",
    foreground_subtle="#44546a",
    colors=("#0a4d8c",),
    opacity="1",
    font_family="system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif",
    label_font_size=13,
    major_label_font_size=13,
    value_font_size=12,
    value_colors=("#10243e",),
    guide_stroke_color="#c9d2de",
    major_guide_stroke_color="#c9d2de",
)


def bars(labels: Sequence[str], values: Sequence[float | None], *, lying: bool = False) -> str:
    """One bar for each label, as an address of the picture itself; `lying`: for long labels, the
    first one on top."""
    chart = (pygal.HorizontalBar if lying else pygal.Bar)(
        style=_STYLE,
        show_legend=False,
        print_values=not lying,
        print_values_position="top",
        value_formatter=_value,
        js=(),
        explicit_size=True,
        width=WIDTH,
        height=max(HEIGHT // 2, 60 + ROW * len(labels)) if lying else HEIGHT,
        margin=12,
        truncate_label=-1,
        max_scale=6,
        range=(0, max((value or 0 for value in values), default=0) or 1),
        x_label_rotation=0 if lying or len(labels) <= 12 else 60,
        show_y_guides=not lying,
        show_x_guides=lying,
    )
    order = -1 if lying else 1
    chart.x_labels = list(labels)[::order]
    chart.add("", list(values)[::order])
    chart.add_xml_filter(_without_scripts)
    return f"data:image/svg+xml;base64,{b64encode(chart.render()).decode()}"


def _without_scripts(root: Any) -> Any:
    for parent in root.iter():
        for each in [child for child in parent if str(child.tag).endswith("script")]:
            parent.remove(each)
    return root


def _value(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
