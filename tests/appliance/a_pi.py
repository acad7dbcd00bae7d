"""A Pi's own files, as Linux shows them, in a folder."""

from pathlib import Path

WELL = {
    "etc/os-release": 'ID=debian\nIMAGE_ID=rinda\nIMAGE_VERSION="1.4"\n',
    "etc/rauc/trusted": "Rinda development\n",
    "proc/cmdline": "root=PARTUUID=1 ro rauc.slot=B quiet",
    "proc/device-tree/model": "Raspberry Pi 4 Model B Rev 1.5\0",
    "proc/meminfo": "MemTotal:        1890000 kB\nMemAvailable:     812000 kB\n",
    "proc/uptime": "93784.51 360000.00",
    "sys/class/thermal/thermal_zone0/temp": "51540",
    "sys/class/hwmon/hwmon0/name": "cpu_thermal",
    "sys/class/hwmon/hwmon1/name": "rpi_volt",
    "sys/class/hwmon/hwmon1/in0_lcrit_alarm": "0",
    "sys/fs/ext4/mmcblk0p4/errors_count": "0",
    "sys/fs/ext4/mmcblk0p4/lifetime_write_kbytes": "12000000",
    "data/unit/programs": "mosquitto.service\nrinda-module.service\nrinda-kiosk.service\n",
}


def a_pi(root: Path, **changed: str) -> Path:
    """One that is well, but for these files, by the last part of their names."""
    for name, text in WELL.items():
        write(root, name, changed.get(Path(name).name, text))
    return root


def write(root: Path, name: str, text: str) -> None:
    """What Linux says there now."""
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text + "\n")
