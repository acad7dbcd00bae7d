"""The tables of the card file: names, types, defaults and meaning.

docs/card.md is checked against these. A hub's card holds the centre's settings besides, as a site
file has them; that of any unit may hold the tables of its own devices.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from appliance import values
from config.programs import BridgeSettings, DisplaySettings, KioskSettings
from config.settings import Settings
from config.values import Identifier, LanguageCode, OptionalIdentifier, Section, TextsByLanguage

Role = Literal["hub", "kiosk", "board", "all-in-one"]
HUBS = frozenset({"hub", "all-in-one"})
KIOSKS = frozenset({"kiosk", "all-in-one"})
IDS: Mapping[str, str] = {
    "hub": "hub",
    "kiosk": "kiosk-1",
    "board": "board-1",
    "all-in-one": "kiosk-1",
}
"""What a unit is called that the card gives no id."""

Code = Annotated[
    str,
    BeforeValidator(values.joined),
    AfterValidator(values.grouped),
    Field(description="12 letters and digits such as `K7QM-2WDX-4T9P`"),
]
"""However it is written; as people read it, ``K7QM-2WDX-4T9P``, once it was read."""

Host = Annotated[str, AfterValidator(values.host), Field(description="name or address")]
Address = Annotated[
    str, AfterValidator(values.internet_address), Field(description="address such as `192.168.1.1`")
]
Interface = Annotated[
    str, AfterValidator(values.interface), Field(description="such as `192.168.1.20/24`")
]
PublicKey = Annotated[
    str, AfterValidator(values.public_key), Field(description="`ssh-ed25519 AAAA… name`")
]
Pin = Annotated[str, AfterValidator(values.pin), Field(description="4 to 12 digits, or `scrypt:…`")]
NetworkName = Annotated[
    str, AfterValidator(values.network_name), Field(description="up to 32 letters")
]
Passphrase = Annotated[
    str, AfterValidator(values.passphrase), Field(description="8 to 63 letters and signs")
]
Country = Annotated[str, AfterValidator(values.country), Field(description="such as `LV`")]


class CardSettings(Section):
    """The unit. `role`: all-in-one is hub and kiosk on one Raspberry Pi. `unit`: its id in the
    centre; "": hub, kiosk-1 or board-1, by its role. `name`: what staff call it. `hub`: name or
    address of the hub; "": the one that is found in the network. `code`: what the hub said for this
    unit, or has in its own card's `[[enrol]]`; "": asked for on the screen. `language`: of the
    screens while it is set up. `ssh_keys`: whose keys open it over the network, one line of a .pub
    file each; none: nobody's. `pin`: a technician's at the kiosk, 4 to 12 digits, of which the unit
    keeps a hash only; or that hash, as `rinda pin` prints it and `rinda card` writes it.
    """

    role: Role
    unit: OptionalIdentifier = ""
    name: TextsByLanguage = Field(default={})
    hub: Host = ""
    code: Code = ""
    language: LanguageCode = "lv"
    ssh_keys: tuple[PublicKey, ...] = ()
    pin: Pin = ""

    @property
    def id(self) -> str:
        """The unit's id, given or by its role."""
        return self.unit or IDS[self.role]

    @property
    def is_hub(self) -> bool:
        """Whether the queue module and the broker are here."""
        return self.role in HUBS


class WifiSettings(Section):
    """The Wi-Fi that the unit is to use. `name` "": none, it has a cable. `password` "": an open
    one. `hidden`: it does not announce its name. `country`: whose rules for radio hold.
    """

    name: NetworkName = ""
    password: Passphrase = ""
    hidden: bool = False
    country: Country = "LV"


class NetworkSettings(Section):
    """The network; what is not said here, the network says itself (DHCP). `address`: with its
    network, such as 192.168.1.20/24; of the Wi-Fi where one is named, else of the cable. `ntp`: who
    tells the time; none: units ask their hub, and a hub asks Debian's servers.
    """

    address: Interface = ""
    gateway: Address = ""
    dns: tuple[Address, ...] = ()
    ntp: tuple[Host, ...] = ()
    wifi: WifiSettings = WifiSettings()


class EnrolSettings(Section):
    """On a hub's card: a unit that will come with this code, within 30 days of the moment
    that the hub knows the time. `bridge`: a controller with call buttons or lamps is connected to
    it.
    """

    unit: Identifier
    role: Literal["kiosk", "board"]
    code: Code
    bridge: bool = False


class CardFile(Section):
    """What is only on cards."""

    card: CardSettings
    network: NetworkSettings = NetworkSettings()
    enrol: tuple[EnrolSettings, ...] = ()


class UnitCard(Section):
    """The card of a unit that joins a hub."""

    card: CardSettings
    network: NetworkSettings = NetworkSettings()
    kiosk: KioskSettings = KioskSettings()
    display: DisplaySettings = DisplaySettings()
    bridge: BridgeSettings = BridgeSettings()


class HubCard(Settings):
    """The card of a hub: the centre's settings, and who is expected."""

    card: CardSettings
    network: NetworkSettings = NetworkSettings()
    enrol: tuple[EnrolSettings, ...] = ()
