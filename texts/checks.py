"""What a self-test found, in a technician's words: a sentence, and the one thing to do next."""

from collections.abc import Mapping

from texts import Language, sentences

FACTS = (
    "address",
    "count",
    "counter",
    "error",
    "file",
    "folder",
    "free",
    "host",
    "interface",
    "milliseconds",
    "millimetres",
    "number",
    "port",
    "program",
    "seconds",
    "time",
    "wanted",
    "year",
    "zone",
)
"""What findings may tell. What is missing is shown as a dash."""


def title(language: Language, check: str) -> str:
    """What was tried."""
    return language.text(_TITLES[check]) if check in _TITLES else check


def found(language: Language, code: str, facts: Mapping[str, str]) -> str:
    """One plain sentence; that of the unit's fault, where the code is one."""
    if code in _FOUND:
        return _filled(language, _FOUND[code], facts)
    return sentences.fault(language, code)


def line(language: Language, check: str, code: str, facts: Mapping[str, str]) -> str:
    """What was tried, and what was found."""
    return f"{title(language, check)}: {found(language, code, facts)}"


def advice(language: Language, code: str, facts: Mapping[str, str]) -> str:
    """What to do next; empty where there is nothing to do."""
    return _filled(language, _ADVICE[code], facts) if code in _ADVICE else ""


def _filled(language: Language, source: str, facts: Mapping[str, str]) -> str:
    return language.text(source, **{name: facts.get(name, "–") for name in FACTS})


def text(source: str) -> str:
    """Marks a source sentence of the tables below."""
    return source


_TITLES = {
    "disk": text("Disk"),
    "network": text("Network"),
    "broker": text("Broker"),
    "module": text("Queue module"),
    "clock": text("Clock"),
    "printer": text("Printer"),
    "scanner": text("Scanner"),
    "sound": text("Sound"),
    "touch": text("Touch screen"),
    "buttons": text("Call buttons"),
}

_FOUND = {
    "check_failed": text("The check itself failed: {error}"),
    "not_set": text("There is none in the settings."),
    "needs_broker": text("Not tried: the broker does not answer."),
    "needs_person": text("Not tried: somebody must be there for it."),
    "disk_good": text("{free} MB are free, and it can be written."),
    "disk_full": text("Only {free} MB are free."),
    "disk_read_only": text("Nothing can be written in {folder}."),
    "disk_errors": text("The memory card has made errors: {count}."),
    "database_damaged": text("The file of the queue is damaged: {file}."),
    "network_good": text("Connected by {interface}, address {address}."),
    "network_not_needed": text("Not connected; the broker is on this unit."),
    "network_down": text("No cable and no Wi-Fi is connected."),
    "network_no_address": text("The network gives this unit no address."),
    "broker_good": text("{host} answers in {milliseconds} ms."),
    "broker_unreachable": text("{host} does not answer at port {port}."),
    "broker_refused": text("{host} does not let this unit in."),
    "broker_forgets": text("{host} does not keep what this unit tells it."),
    "module_good": text("It speaks."),
    "module_silent": text("It has said nothing for {seconds} s."),
    "clock_by_module": text("It is {time}, {seconds} s from the queue module's clock."),
    "clock_by_network": text("It is {time}; the network sets the clock."),
    "clock_year": text("It says that the year is {year}."),
    "clock_zone": text("The unit goes by the time of {zone}, the centre by {wanted}."),
    "clock_differs": text("It is {seconds} s from the queue module's clock."),
    "clock_free": text("It is {time}, but nothing sets the clock."),
    "printer_good": text("The test ticket came out well."),
    "printer_ready": text("It answers and has paper. Nothing was printed."),
    "printer_bad": text("The test ticket did not come out well."),
    "scanner_good": text("It read the code of the test ticket."),
    "scanner_ready": text("It is connected. Nothing was read."),
    "scanner_silent": text("It read no code."),
    "scanner_other": text("It read something else than the code of the test ticket."),
    "sound_good": text("The chime and the voice are heard."),
    "sound_ready": text("It plays. Nobody listened."),
    "sound_unheard": text("It plays, but the chime and the voice are not heard well."),
    "voice_missing": text("There is sound, but no voice."),
    "touch_good": text("Touches are at most {millimetres} mm off."),
    "touch_off": text("Touches are up to {millimetres} mm off."),
    "touch_elsewhere": text("Touches arrive elsewhere, always in the same way."),
    "touch_none": text("The touches did not arrive."),
    "window_failed": text("The window did not open."),
    "buttons_good": text("The buttons of all counters answer: {count}."),
    "controller_good": text("The controller answers."),
    "button_silent": text("No button came from this counter: {counter}."),
    "displays_dark": text("The buttons answer; lamps or number displays do not show."),
    "button_swapped": text("A button of {counter} came from place {number}."),
}

_ADVICE = {
    "check_failed": text("Try again. If it stays so, send the log to whoever looks after Rinda."),
    "disk_full": text("Use a larger memory card, or remove files that are not Rinda's."),
    "disk_read_only": text("Restart the unit. If it stays so, replace the memory card."),
    "disk_errors": text("Replace the memory card."),
    "database_damaged": text(
        "Keep the file. Replace the memory card and put back the last backup."
    ),
    "network_down": text("Plug the cable in at both ends; lamps at the socket must shine."),
    "network_no_address": text("Try another socket, or ask whoever looks after the network."),
    "broker_unreachable": text("See that the hub is on, and that [broker] host is its address."),
    "broker_refused": text(
        "Ask for a code for {unit} at the desk, write it into rinda.toml on the card and restart."
    ),
    "broker_forgets": text("On the hub: sudo rinda renew"),
    "module_silent": text("On the hub: sudo systemctl restart rinda-module"),
    "clock_year": text("Connect the network and wait a minute, or fit a clock with a battery."),
    "clock_zone": text("sudo timedatectl set-timezone {wanted}"),
    "clock_differs": text("Wait two minutes. If it stays so, look at the clock of the hub."),
    "clock_free": text("Connect the network and wait a minute, or fit a clock with a battery."),
    "printer_offline": text(
        "See that it is on and its cable in; then kind and port of [kiosk.printer]."
    ),
    "printer_error": text("Open it, take jammed paper out, switch it off and on."),
    "paper_out": text("Put in a new roll."),
    "paper_low": text("Put in a new roll."),
    "cover_open": text("Close the cover until it clicks."),
    "printer_bad": text('Wrong letters: code_page, else mode = "picture". Not cut: profile.'),
    "scanner_offline": text("See that its cable is in; then kind and port of [kiosk.scanner]."),
    "scanner_silent": text("Hold the code a hand's width before its light. No light: its cable."),
    "scanner_other": text("Set the scanner as it left the factory, with a line end after a code."),
    "sound_offline": text(
        "See that the loudspeaker is connected; then device of audio (aplay -L)."
    ),
    "sound_unheard": text("Switch the loudspeaker on, and set it louder with alsamixer."),
    "voice_missing": text("sudo apt install espeak-ng"),
    "touch_off": text("Clean the glass and its edges. If it stays so, replace the screen."),
    "touch_elsewhere": text("Below [kiosk.window], write: touch = [{numbers}]"),
    "touch_none": text("Plug in the USB cable of the screen."),
    "window_failed": text("See that the screen is on and its cable in, then restart the unit."),
    "controller_offline": text("See that its cable is in; then [bridge] port."),
    "button_silent": text("See to the wires of this button."),
    "displays_dark": text("See to their wires and their supply."),
    "button_swapped": text("Swap the wires, or the names in [bridge] counters."),
}
