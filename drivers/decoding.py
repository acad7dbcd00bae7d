"""QR codes in a picture: one door, two decoders (measured by `python -m benchmarks.decoding`)."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import zxingcpp
from PIL import Image, ImageFilter, ImageOps
from pyzbar import pyzbar

QR_CODES = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)

Decoder = Callable[[Image.Image], list[bytes]]
"""A grey picture → what its QR codes say, each once."""


def zxing_codes(picture: Image.Image) -> list[bytes]:
    """By zxing-cpp: as it is, else cleared."""
    return zxing_once(picture) or zxing_once(_cleared(picture, ImageFilter.BoxBlur(2)))


def zbar_codes(picture: Image.Image) -> list[bytes]:
    """By ZBar: as it is, else cleared, else inverted, which it does not do by itself."""
    if found := zbar_once(picture):
        return found
    cleared = _cleared(picture, ImageFilter.GaussianBlur(1))
    return zbar_once(cleared) or zbar_once(ImageOps.invert(cleared))


def zxing_once(picture: Image.Image) -> list[bytes]:
    """What zxing-cpp reads without our help."""
    found = zxingcpp.read_barcodes(picture, QR_CODES)
    return sorted({code.bytes for code in found})


def zbar_once(picture: Image.Image) -> list[bytes]:
    """What ZBar reads without our help."""
    found = pyzbar.decode(picture, symbols=[pyzbar.ZBarSymbol.QRCODE])
    return sorted({bytes(code.data) for code in found})


DECODERS: Mapping[str, Decoder] = MappingProxyType({"zxing": zxing_codes, "zbar": zbar_codes})
"""By their names in the settings."""


def _cleared(picture: Image.Image, smooth: ImageFilter.Filter) -> Image.Image:
    """Smoothed, against a screen's pixels and noise, and stretched, against low light."""
    return ImageOps.autocontrast(picture.filter(smooth))
