"""Where a touch was meant: six numbers, and how five touches find them. Pure."""

from collections.abc import Sequence

from config.devices import Affine

Place = tuple[float, float]
"""Parts of a panel's width and height, from its upper left corner."""

LEAST_AREA = 1e-3


def corrected(place: Place, affine: Affine) -> Place:
    """Where a touch was meant, that arrived at this place."""
    (x, y), (a, b, c, d, e, f) = place, affine
    return a * x + b * y + c, d * x + e * y + f


def on_panel(place: Place, rotation: int) -> Place:
    """A place of the picture that is turned clockwise on its panel → the place on the panel."""
    x, y = place
    return {0: (x, y), 90: (1 - y, x), 180: (1 - x, 1 - y), 270: (y, 1 - x)}[rotation]


def after(second: Affine, first: Affine) -> Affine:
    """Both in one."""
    c, f = corrected((first[2], first[5]), second)
    a, d = (second[row] * first[0] + second[row + 1] * first[3] for row in (0, 3))
    b, e = (second[row] * first[1] + second[row + 1] * first[4] for row in (0, 3))
    return a, b, c, d, e, f


def fitted(arrived: Sequence[Place], meant: Sequence[Place]) -> Affine | None:
    """What leads from the one to the other with least squares of errors; None where touches lie on
    one line."""
    count = len(arrived)
    middle_x, middle_y = (sum(each) / count for each in zip(*arrived, strict=True))
    away = [(x - middle_x, y - middle_y) for x, y in arrived]
    xx, yy = sum(x * x for x, _ in away), sum(y * y for _, y in away)
    xy = sum(x * y for x, y in away)
    area = xx * yy - xy * xy
    if area < LEAST_AREA:
        return None

    def row(wanted: Sequence[float]) -> tuple[float, float, float]:
        wx = sum(x * w for (x, _), w in zip(away, wanted, strict=True))
        wy = sum(y * w for (_, y), w in zip(away, wanted, strict=True))
        by_x, by_y = (wx * yy - wy * xy) / area, (wy * xx - wx * xy) / area
        return by_x, by_y, sum(wanted) / count - by_x * middle_x - by_y * middle_y

    return *row([x for x, _ in meant]), *row([y for _, y in meant])
