"""python-escpos as our programs import it."""

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

LOOK = """
import drivers.ticket_layout
from escpos import capabilities
print(capabilities.full_load, capabilities.CAPABILITIES["profiles"]["TM-T88V"]["name"])
"""


def test_it_is_quick_and_leaves_nothing_behind(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    said = subprocess.run(
        [sys.executable, "-c", LOOK], env=environment, check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    assert said == "False TM-T88V\n"  # it did not read its YAML
    assert not list(tmp_path.iterdir())
