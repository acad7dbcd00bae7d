"""What the first partition has for starting: U-Boot's script, its environment, the arguments."""

import struct
import zlib
from collections.abc import Mapping
from pathlib import Path

BOOT = Path(__file__).parent / "boot"

STATE = 512
"""Bytes of the state at 1 MiB: one sector, which is written whole or not at all."""

_ENVIRONMENT = 0x4000
"""Bytes of uboot.env, as Debian's u-boot-rpi expects it."""

_CONSOLES = {"pi": "", "twin": "console=ttyS0"}


def start_files(target: str, epoch: int) -> Mapping[str, bytes]:
    """Name → content, for the FAT of `target`; Debian's firmware comes beside them."""
    words = (BOOT / "cmdline.txt").read_text().split()
    files = {
        "boot.scr": script((BOOT / "boot.cmd").read_text(), epoch),
        "kernel.txt": f"arguments={' '.join((*words, _CONSOLES[target]))}\n".encode(),
    }
    if target == "pi":
        settings = (BOOT / "uboot.env.txt").read_text().splitlines()
        files["uboot.env"] = environment(
            dict(each.split("=", 1) for each in settings), _ENVIRONMENT
        )
        files["config.txt"] = (BOOT / "config.txt").read_bytes()
    return files


def script(text: str, epoch: int) -> bytes:
    """`text` as U-Boot's `source` wants it: a legacy image of type 6, two lengths, the text."""
    body = struct.pack(">II", len(text.encode()), 0) + text.encode()
    start, entry, linux, kind, plain = 0, 0, 5, 6, 0
    any_processor = 2  # U-Boot does not look at a script's
    rest = struct.pack(
        ">IIIIIBBBB32s",
        *(epoch, len(body), start, entry, zlib.crc32(body)),
        *(linux, any_processor, kind, plain, b"rinda"),
    )
    magic = struct.pack(">I", 0x27051956)
    return magic + struct.pack(">I", zlib.crc32(magic + bytes(4) + rest)) + rest + body


def environment(values: Mapping[str, str], size: int) -> bytes:
    """As U-Boot and `fw_setenv` keep it: CRC-32 of the rest, each value and a zero byte."""
    body = b"".join(f"{name}={value}".encode() + b"\0" for name, value in values.items())
    body = body.ljust(size - 4, b"\0")
    return struct.pack("<I", zlib.crc32(body)) + body


def state(sector: bytes) -> Mapping[str, str]:
    """What stands in the state's sector; nothing if it does not hold."""
    body = sector[4:STATE]
    if struct.unpack("<I", sector[:4]) != (zlib.crc32(body),):
        return {}
    lines = body.decode("ascii", "replace").split("\0")
    return dict(each.split("=", 1) for each in lines if "=" in each)
