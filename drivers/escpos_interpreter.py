"""ESC/POS bytes in, paper out: what the simulated printer's own processor does.

Written from Epson's ESC/POS Command Reference, apart from the code that composes tickets.
"""

from collections.abc import Callable

import qrcode
from PIL import Image
from qrcode.exceptions import DataOverflowError

from drivers.escpos_commands import CONTROL, command_length, is_known
from drivers.paper_strip import DEFAULT_SPACING, HEAD_TO_KNIFE, Align, PaperStrip, Style

BUFFER = 256 * 1024
LONGEST_RUN = 256
LONGEST_QR = 2953
ALIGNMENTS: tuple[Align, ...] = ("left", "center", "right")
# ESC t n of Epson printers → Python's codec.
CODE_PAGES = {0: "cp437", 2: "cp850", 16: "cp1252", 17: "cp866", 18: "cp852", 33: "cp775"} | {
    45: "cp1250",
    46: "cp1251",
    51: "cp1257",
}
INVERTED = bytes(255 - value for value in range(256))


class EscposInterpreter:
    """Carries out one command a step, so that the paper may end between any two.

    `cut` gets each finished strip; `tell_paper` is called at GS r 1, when all before it is done;
    `present` with the seconds for which a strip that was cut is held out.
    `unknown` counts what means nothing to it, `consumed` the bytes it is done with.
    """

    def __init__(
        self,
        width: int,
        cut: Callable[[PaperStrip], None],
        tell_paper: Callable[[], None],
        present: Callable[[int], None] = lambda seconds: None,
    ) -> None:
        self.unknown = 0
        self.consumed = 0
        self._width = width
        self._report_cut = cut
        self._tell_paper = tell_paper
        self._report_presented = present
        self._buffer = bytearray()
        self._methods: dict[bytes, Callable[[bytes], None]] = {
            b"\x1b@": self._reset,
            b"\x1b!": self._set_mode,
            b"\x1b2": self._set_spacing,
            b"\x1b3": self._set_spacing,
            b"\x1bE": self._set_bold,
            b"\x1bJ": self._feed_dots,
            b"\x1ba": self._set_align,
            b"\x1bd": self._feed_lines,
            b"\x1bt": self._set_code_page,
            b"\x1d!": self._set_size,
            b"\x1d(": self._two_dimensional,
            b"\x1dV": self._cut,
            b"\x1cP": self._present,
            b"\x1dr": lambda _: self._tell_paper(),
            b"\x1dv": self._draw_raster,
        }
        self.clear()

    @property
    def room(self) -> int:
        """Bytes that the buffer can still take; a printer without room stops reading."""
        return BUFFER - len(self._buffer)

    def feed(self, data: bytes) -> None:
        """Adds to the buffer; what finds no room is lost."""
        self._buffer += data[: self.room]

    def clear(self) -> None:
        """Forgets what is not cut yet, and every setting: as after switching on."""
        self._buffer.clear()
        self._strip = PaperStrip(self._width)
        self._reset(b"")

    def step(self) -> bool:
        """Carries out the next command or run of text; False when none is whole yet."""
        if not self._buffer:
            return False
        if self._buffer[0] in CONTROL:
            return self._step_command()
        if self._buffer[0] < 0x20:
            self._control_character(self._take(1))
        else:
            self._write(self._take(self._run_length()))
        return True

    def _step_command(self) -> bool:
        length = command_length(self._buffer)
        if length is None or length > len(self._buffer):
            return False
        command = self._take(length)
        name, arguments = command[:2], command[2:]
        if name in self._methods:
            self._methods[name](arguments)
        elif not is_known(name):
            self.unknown += 1
        return True

    def _take(self, count: int) -> bytes:
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        self.consumed += count
        return taken

    def _run_length(self) -> int:
        run = self._buffer[:LONGEST_RUN]
        return next((index for index, byte in enumerate(run) if byte < 0x20), len(run))

    def _control_character(self, character: bytes) -> None:
        if character == b"\n":
            self._strip.end_line(self._align, self._spacing)
        elif character not in b"\r\t":
            self.unknown += 1

    def _write(self, run: bytes) -> None:
        text = run.decode(self._code_page, errors="replace")
        self._strip.write(text, self._style, self._align, self._spacing)

    def _reset(self, _: bytes) -> None:
        self._style = Style()
        self._align: Align = "left"
        self._spacing = DEFAULT_SPACING
        self._code_page = "cp437"
        self._qr_content = b""
        self._qr_size = 3
        self._qr_level = 48

    def _set_mode(self, arguments: bytes) -> None:
        mode = arguments[0]
        width, height = 2 if mode & 0x20 else 1, 2 if mode & 0x10 else 1
        self._style = Style(width, height, bool(mode & 0x08))

    def _set_size(self, arguments: bytes) -> None:
        width, height = (arguments[0] >> 4 & 7) + 1, (arguments[0] & 7) + 1
        self._style = Style(width, height, self._style.bold)

    def _set_bold(self, arguments: bytes) -> None:
        self._style = Style(self._style.width, self._style.height, bool(arguments[0] & 1))

    def _set_align(self, arguments: bytes) -> None:
        self._align = ALIGNMENTS[arguments[0] % 48 % 3]

    def _set_spacing(self, arguments: bytes) -> None:
        self._spacing = arguments[0] if arguments else DEFAULT_SPACING

    def _set_code_page(self, arguments: bytes) -> None:
        self._code_page = CODE_PAGES.get(arguments[0], "cp437")
        self.unknown += arguments[0] not in CODE_PAGES

    def _feed_dots(self, arguments: bytes) -> None:
        self._strip.end_line(self._align, arguments[0])

    def _feed_lines(self, arguments: bytes) -> None:
        for _ in range(arguments[0]):
            self._strip.end_line(self._align, self._spacing)

    def _cut(self, arguments: bytes) -> None:
        """GS V m: where the paper is; GS V m n: where the print is, n dots below it."""
        if len(arguments) > 1:
            self._strip.feed(HEAD_TO_KNIFE + arguments[1])
        strip, self._strip = self._strip, PaperStrip(self._width)
        self._report_cut(strip)

    def _present(self, arguments: bytes) -> None:
        """FS P: steps, lamp, what then, seconds. It cuts where the print is."""
        self._cut(b"\x00\x00")
        self._report_presented(arguments[3])

    def _draw_raster(self, arguments: bytes) -> None:
        """GS v 0: m (1: twice as wide, 2: twice as high), bytes a row, rows, then the rows, a set
        bit for a black dot."""
        columns, rows = (int.from_bytes(arguments[at : at + 2], "little") for at in (2, 4))
        data = arguments[6:]
        if not columns * rows or len(data) != columns * rows:
            self.unknown += 1
            return
        picture = Image.frombytes("1", (8 * columns, rows), data.translate(INVERTED))
        wide, high = arguments[1] & 1, arguments[1] >> 1 & 1
        picture = picture.resize((picture.width << wide, picture.height << high))
        self._strip.draw(picture, self._align)

    def _two_dimensional(self, arguments: bytes) -> None:
        """GS ( k for a QR code: module size, error correction, content, print."""
        kind, data = arguments[:1] + arguments[3:5], arguments[5:]
        match kind:
            case b"k1C" if data:
                self._qr_size = max(1, min(16, data[0]))
            case b"k1E" if data:
                self._qr_level = data[0]
            case b"k1P":
                self._qr_content = data[1:]
            case b"k1Q":
                self._draw_qr()
            case b"k1A":
                pass
            case _:
                self.unknown += 1

    def _draw_qr(self) -> None:
        levels = {48: 1, 49: 0, 50: 3, 51: 2}  # L, M, Q, H in the numbers of the qrcode package
        code = qrcode.QRCode(None, levels.get(self._qr_level, 1), self._qr_size, 0)
        try:
            code.add_data(self._qr_content[: LONGEST_QR + 1])
            code.make(fit=True)
        except (DataOverflowError, ValueError):
            self.unknown += 1
            return
        note = f"[QR {self._qr_content.decode(errors='replace')}]"
        self._strip.draw(code.make_image().get_image(), self._align, note)
