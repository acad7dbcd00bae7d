"""What an image is for."""

from collections.abc import Mapping
from dataclasses import dataclass, field

SUITE = "trixie"

PACKAGES = (
    *("systemd-sysv", "udev", "dbus", "libpam-systemd", "kmod", "python3", "tzdata", "netbase"),
    *("systemd-resolved", "libnss-resolve", "iproute2", "wpasupplicant", "wireless-regdb"),
    *("nftables", "chrony", "openssh-server", "ca-certificates", "mosquitto"),
    *("rauc", "rauc-service", "libubootenv-tool", "initramfs-tools", "zstd", "busybox"),
    *("e2fsprogs", "dosfstools", "fdisk", "kbd", "console-setup-linux"),
    *("libgl1", "libgl1-mesa-dri", "libegl1", "libgles2", "libgbm1", "libdrm2", "libmtdev1t64"),
    *("libasound2t64", "alsa-utils", "alsa-ucm-conf", "espeak-ng", "libzbar0t64"),
)


@dataclass(frozen=True, slots=True)
class Target:
    """A kind of machine. `architecture` is Debian's word for it, `machine` that of wheels."""

    name: str
    architecture: str
    machine: str
    packages: tuple[str, ...]
    firmware: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Folder of the first partition → which of Debian's files lie there."""

    @property
    def compatible(self) -> str:
        """What updates are for, and what a unit is (image/root/etc/rauc/system.conf)."""
        return f"rinda-{self.name}"


PI = Target(
    "pi",
    "arm64",
    "aarch64",
    ("linux-image-arm64", "raspi-firmware", "firmware-brcm80211", "u-boot-rpi"),
    {
        ".": (
            "usr/lib/raspi-firmware/bootcode.bin",
            "usr/lib/raspi-firmware/start.elf",
            "usr/lib/raspi-firmware/fixup.dat",
            "usr/lib/raspi-firmware/start4.elf",
            "usr/lib/raspi-firmware/fixup4.dat",
            "usr/lib/linux-image-*/broadcom/bcm2711-rpi-*.dtb",
            "usr/lib/linux-image-*/broadcom/bcm2837-rpi-*.dtb",
            "usr/lib/u-boot/rpi_arm64/u-boot.bin",
        ),
        "overlays": ("usr/lib/raspi-firmware/overlays/*.dtbo",),
    },
)
"""Raspberry Pi 3B+ and 4; QEMU's machine `virt` starts the same card."""

TWIN = Target("twin", "amd64", "x86_64", ("linux-image-amd64",))
"""The same system for QEMU on this computer's own architecture: started in half a minute."""

TARGETS = {each.name: each for each in (PI, TWIN)}

USERS = {"rinda": 700, "mosquitto": 701, "_chrony": 702}
"""Owners of what is on the data partition: the same in every version."""
