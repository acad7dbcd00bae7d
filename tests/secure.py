"""A centre that has enrolled its units: its hub's files, and the broker as it is on a hub."""

from datetime import timedelta
from pathlib import Path

from appliance.identities import Hub, Places, page
from config.settings import Settings
from rinda.broker import Broker, free_port
from tests.conftest import DEMO, ROOT

ROLES = {
    "module": "module",
    "kiosk": "kiosk",
    "display": "display",
    "desk": "desk",
    "visitor-page": "visitor-page",
    "bridge": "bridge",
    "consultations": "consultations",
    "hub": "machine",
}
SITE = DEMO / "site.toml"
LOG = "\nlog_dest file {log}\npersistence false\nuser root\n"


class SecureCentre:
    """Enrols everybody here: `settings` lead to their certificates and to the broker's port."""

    def __init__(self, folder: Path, site: Settings) -> None:
        self.folder = folder
        for name in ("authority", "mosquitto", "units"):
            (folder / name).mkdir(parents=True)
        self.port = free_port()
        identities = [{"id": unit, "role": role} for unit, role in ROLES.items()]
        self.settings = Settings.model_validate(
            site.model_dump()
            | {"identity": identities}
            | {"broker": {"port": self.port, "tls": str(folder / "units")}}
            | {"desk": {"tls": str(folder / "units")}}
        )
        self.told: list[str] = []
        self.places.site.write_text(SITE.read_text())
        self.hub().enrol_here(list(ROLES))
        page(self.settings, ["127.0.0.1"])
        self.broker = Broker(folder / "broker", self.port, self.configuration)

    @property
    def configuration(self) -> str:
        """The one that is installed, with this centre's places."""
        given = (ROOT / "systemd" / "mosquitto.conf").read_text() + LOG
        given = given.replace("listener 8883", "listener {port} 127.0.0.1")
        return given.replace("/etc/mosquitto/rinda", str(self.folder / "mosquitto"))

    def hub(self, later: timedelta = timedelta()) -> Hub:
        """The hub's command line, as if it were run so much later."""
        clock = self.settings.clock.model_copy(update={"offset_seconds": later.total_seconds()})
        settings = self.settings.model_copy(update={"clock": clock})
        return Hub(settings, self.places, self.told.append)

    @property
    def places(self) -> Places:
        """Of the hub's files."""
        names = ("authority", "mosquitto", "site.toml", "unit.toml")
        return Places(*(self.folder / each for each in names))
