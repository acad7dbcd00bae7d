"""For MicroPython: updates on a real littlefs whose power is cut at each single write of the flash.

`power_cuts.py IMAGE EVERY`, in a folder with a slot of the firmware to begin with. Prints how often
it was cut and how often each slot was started afterwards.
"""

import hashlib
import os
import sys

import vfs

BLOCK, BLOCKS = 4096, 96
CHUNK = 54


class PowerCut(Exception):  # noqa: N818 - an event
    pass


class Flash:
    """A block device in memory; after `left` writes or erasures there is no power."""

    def __init__(self, data: bytearray) -> None:
        self.data, self.left = data, 1 << 30

    def readblocks(self, block: int, buffer: bytearray, offset: int = 0) -> None:
        at = block * BLOCK + offset
        buffer[:] = self.data[at : at + len(buffer)]

    def writeblocks(self, block: int, buffer: bytearray, offset: int = 0) -> None:
        at, half = block * BLOCK + offset, len(buffer) // 2
        if self.left == 0:  # in the middle of it
            self.data[at : at + half] = buffer[:half]
        if self._has_power():
            self.data[at : at + len(buffer)] = buffer

    def ioctl(self, operation: int, block: int) -> int:
        if operation == 6 and self._has_power():
            self.data[block * BLOCK : (block + 1) * BLOCK] = b"\xff" * BLOCK
        return {4: BLOCKS, 5: BLOCK}.get(operation, 0)

    def _has_power(self) -> bool:
        self.left -= 1
        if self.left == -1:
            raise PowerCut
        return self.left >= 0


def update(image: bytes) -> bytes:
    """As the Pi would; the controller's last answer."""
    updates = Updates()
    digest, size = hashlib.sha256(image).digest(), len(image).to_bytes(3, "big")
    updates.take(b"\x30\x01" + size + digest)
    offset = int.from_bytes(updates.answers.pop()[2:], "big")
    while offset < len(image):
        piece = image[offset : offset + CHUNK]
        updates.take(b"\x31" + offset.to_bytes(3, "big") + piece)
        offset += len(piece)
    updates.take(b"\x32")
    for _ in range(100):
        updates.work()
    return updates.answers.pop()


def power(data: bytearray, left: int) -> None:
    """Switch it on, for so many writes."""
    flash = Flash(data)
    vfs.mount(vfs.VfsLfs2(flash), "/pico")
    os.chdir("/pico")
    flash.left = left


def off() -> None:
    os.chdir("/")
    vfs.umount("/pico")


def copy_in(folder: str, target: str) -> None:
    for name in os.listdir(folder):
        if os.stat(folder + "/" + name)[0] & 0x4000:
            os.mkdir(target + "/" + name)
            copy_in(folder + "/" + name, target + "/" + name)
        else:
            with open(folder + "/" + name, "rb") as file, open(target + "/" + name, "wb") as copy:
                copy.write(file.read())


def whole(slot: str) -> None:
    """Every file of the slot can be compiled, and the version is there."""
    for name in os.listdir(slot + "/firmware_bridge/firmware"):
        with open(slot + "/firmware_bridge/firmware/" + name) as file:
            compile(file.read(), name, "exec")
    with open(slot + "/version") as file:
        assert file.read()


sys.path.insert(0, os.getcwd() + "/slot_a")
from firmware_bridge.firmware import slots  # noqa: E402
from firmware_bridge.firmware.updates import COMPLETE, Updates  # noqa: E402

with open(sys.argv[1], "rb") as file:
    new = file.read()
home, fresh = os.getcwd(), bytearray(b"\xff" * BLOCK * BLOCKS)
vfs.VfsLfs2.mkfs(Flash(fresh))
power(fresh, 1 << 30)
os.mkdir("/pico/slot_a")
copy_in(home + "/slot_a", "/pico/slot_a")
slots.write("slot_a")
off()

cuts, started, step, done = 0, {"slot_a": 0, "slot_b": 0}, int(sys.argv[2]), False
while not done:
    data = bytearray(fresh)
    power(data, cuts * step)
    try:
        update(new)
        slots.choose()
        slots.write("slot_b")
        done = True
    except (PowerCut, OSError):
        pass
    off()
    power(data, 1 << 30)
    slot = slots.choose()
    whole(slot)
    started[slot] += 1
    if slot == "slot_a":  # it is still able to get the new one
        assert update(new)[1] == COMPLETE
        assert slots.choose() == "slot_b"
    whole("slot_b")
    off()
    cuts += 1
print(cuts, started["slot_a"], started["slot_b"])
