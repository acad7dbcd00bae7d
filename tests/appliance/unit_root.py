"""A unit's file system in a folder, and the commands that setup runs there."""

import asyncio
import os
import sys
from pathlib import Path

from tests.conftest import ROOT

NOBODY = 65534

FOLDERS = (
    "boot/firmware",
    "data/unit",
    "data/etc",
    "etc/rinda",
    "etc/mosquitto/rinda",
    "etc/systemd/network",
    "etc/wpa_supplicant",
    "etc/chrony/conf.d",
    "etc/ssh/keys",
    "run/rinda",
    "sys/class/net/eth0",
    "var/lib/rinda/tls",
)

SYSTEMCTL = """#!/bin/sh
echo "$@" >>{root}/said
case $* in
"start queue-result.service")
    exec cp {root}/data/unit/result {root}/boot/firmware/rinda-result.txt
    ;;
"start queue-selftest@"*) ;;
*) exit 0 ;;
esac
if [ -e {root}/quick ]; then
    printf '{report}' $$ >{root}/var/lib/rinda/selftest.json
    exit
fi
role=${{2#*@}}
cd {code} && exec {python} -m rinda selftest ${{role%.service}} --unattended \\
    --site {root}/etc/rinda/site.toml --unit {root}/etc/rinda/unit.toml >{root}/tested 2>&1
"""


REPORT = (
    '{"unit": "kiosk", "name": {}, "version": "%s", "at": "2026-11-24T08:00:00Z", "findings": '
    '[{"check": "disk", "outcome": "good", "code": "disk_good", "facts": {"free": "900"}}]}'
)


class UnitRoot:
    """`port`: of the broker that the self-test asks. Its `systemctl` writes down what it was told,
    and runs what is to be seen of it: the self-test, and the result on the card."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        for each in FOLDERS:
            (folder / each).mkdir(parents=True)
        (folder / "sys/class/net/eth0/operstate").write_text("up\n")
        (folder / "bin").mkdir()
        places = {"root": folder, "code": ROOT, "python": sys.executable, "report": REPORT}
        self._command("systemctl", SYSTEMCTL.format(**places))
        self._command("hostnamectl", "#!/bin/sh\n")
        self._command("timedatectl", "#!/bin/sh\necho NTPSynchronized=yes\n")
        self.environment = {
            "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "RINDA_BROKER__HOST": "127.0.0.1",
            "RINDA_BROKER__PORT": str(port),
            "RINDA_BROKER__TLS": str(folder / "var/lib/rinda/tls"),
            "RINDA_MODULE__DATABASE": str(folder / "var/lib/rinda/queue.db"),
        }

    @property
    def said(self) -> list[str]:
        """What systemctl was told since the last time."""
        file = self.folder / "said"
        lines = file.read_text().splitlines() if file.exists() else []
        file.write_text("")
        return lines

    def text(self, place: str) -> str:
        """Of a file."""
        return (self.folder / place).read_text()

    def test_quickly(self) -> None:
        """From now on the self-test finds all well at once."""
        (self.folder / "quick").touch()

    def card(self, text: str) -> None:
        """Somebody puts this on the card."""
        (self.folder / "boot/firmware/rinda.toml").write_text(text)

    async def starts_without_rights(self) -> None:
        """As queue-setup.service does: root, whose only right is to give files away; the folder of
        the keys is another's."""
        command = [sys.executable, "-m", "rinda", "setup", "--root", str(self.folder)]
        if os.geteuid() == 0:
            for folder in ("var/lib/rinda", "var/lib/rinda/tls"):
                os.chown(self.folder / folder, NOBODY, NOBODY)
            (self.folder / "var/lib/rinda/tls").chmod(0o770)
            rights = ("--bounding-set=-all,+chown", "--inh-caps=-all", f"--groups={NOBODY}")
            command = ["setpriv", *rights, *command]
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
        assert await process.wait() == 0

    def _command(self, name: str, text: str) -> None:
        file = self.folder / "bin" / name
        file.write_text(text)
        file.chmod(0o755)
