"""Rinda itself and the packages of Python that it needs, as they lie in /opt/rinda."""

import hashlib
import shutil
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from image.target import Target
from image.tools import Newer, Words, run

HERE = Path(__file__).parents[1]
PYTHON = "3.13"
PLATFORMS = (
    "manylinux_2_17",
    "manylinux2014",
    "manylinux_2_26",
    "manylinux_2_28",
    "manylinux_2_34",
)
"""Debian 13 has glibc 2.41."""

EXTRAS = ("camera",)
PIP: Words = (sys.executable, "-m", "pip")

UNUSED = ("pip", "setuptools", "bin", "pip-*", "setuptools-*", "docs", "_distutils_hack", "*.pth")
"""What packages bring along that a card has no use for: nothing is installed there."""

PLACE = Path("opt/rinda/venv")
PACKAGES = PLACE / f"lib/python{PYTHON}/site-packages"


def needs(target: Target, keep: Path, newer: Newer) -> Path:
    """All packages of Python but our own, laid out under the folder that is returned: from `keep`
    if it is there. Raises BuildError."""
    project = (HERE / "pyproject.toml").read_bytes()
    given = (target, EXTRAS, tomllib.loads(project.decode())["project"]["dependencies"])
    digest = hashlib.sha256(repr(given).encode() + (HERE / "constraints.txt").read_bytes())
    digest.update(Path(__file__).read_bytes())
    made = keep / f"software-{target.name}-{digest.hexdigest()[:12]}"
    if made.exists():
        return made
    to, wheels = keep / f"{made.name}.new", keep / f"{made.name}.wheels"
    for each in (to, wheels):
        shutil.rmtree(each, ignore_errors=True)
    source = _source(keep / f"{made.name}.source")
    # Two of the packages have no wheels, and neither has this one.
    run(*PIP, "wheel", "-q", "--no-deps", "-w", wheels, *_without_wheels(), source)
    platforms = [f"--platform={each}_{target.machine}" for each in PLATFORMS]
    options: Words = (
        *(f"--abi={each}" for each in (f"cp{PYTHON.replace('.', '')}", "abi3", "none")),
        *("--python-version", PYTHON, "--implementation", "cp", "--only-binary=:all:"),
        *("--find-links", str(wheels), "-c", str(HERE / "constraints.txt"), *platforms),
    )
    _install(to, *options, f"rinda[{','.join(EXTRAS)}]")
    ours = _ours(to / PACKAGES)
    for pattern in (*UNUSED, *ours):
        for each in (to / PACKAGES).glob(pattern):
            shutil.rmtree(each) if each.is_dir() else each.unlink()
    _compile(to, newer)
    for each in (wheels, source):
        shutil.rmtree(each)
    to.rename(made)
    return made


def software(to: Path, newer: Newer, epoch: int) -> None:
    """Our own packages and the environment, laid out under `to`. Raises BuildError."""
    source = _source(to.parent / f"{to.name}.source")
    _install(to, "--no-deps", source, env={"SOURCE_DATE_EPOCH": str(epoch)})
    _environment(to / PLACE)
    _compile(to, newer)
    shutil.rmtree(source)


def _install(to: Path, *words: str | Path, env: Mapping[str, str] | None = None) -> None:
    packages = to / PACKAGES
    run(*PIP, "install", "-q", "--no-compile", "--target", packages, *words, env=env)
    for name in ("direct_url.json", "RECORD", "REQUESTED", "INSTALLER"):
        for each in packages.glob(f"*.dist-info/{name}"):
            each.unlink()
    shutil.rmtree(packages / "bin", ignore_errors=True)


def _compile(to: Path, newer: Newer) -> None:
    """For a root that is only read."""
    newer.run(
        "usr/bin/python3.13",
        *("-m", "compileall", "-q", "-j", "1", "--invalidation-mode", "unchecked-hash"),
        "-s",
        to,
        "-p",
        "/",
        to / PACKAGES,
        env={"PYTHONHASHSEED": "0"},
    )


def _ours(packages: Path) -> Sequence[str]:
    project = tomllib.loads((HERE / "pyproject.toml").read_text())
    tops = {each.split(".")[0] for each in project["tool"]["setuptools"]["packages"]}
    return [*sorted(tops & {each.name for each in packages.iterdir()}), "rinda-*.dist-info"]


def _without_wheels() -> Sequence[str]:
    lines = (HERE / "constraints.txt").read_text().splitlines()
    return [each for each in lines if each.split("==")[0] in ("docopt", "sdnotify")]


def _source(to: Path) -> Path:
    """The packages alone: what a build left behind in the checkout does not count."""
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir(parents=True)
    project = tomllib.loads((HERE / "pyproject.toml").read_text())
    for package in project["tool"]["setuptools"]["packages"]:
        top = package.split(".")[0]
        if not (to / top).exists():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(HERE / top, to / top, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(HERE / name, to)
    return to


def _environment(to: Path) -> None:
    (to / "bin").mkdir()
    (to / "bin/python").symlink_to("/usr/bin/python3")
    (to / "pyvenv.cfg").write_text("home = /usr/bin\ninclude-system-site-packages = false\n")
    command = to / "bin/rinda"
    command.write_text(
        "#!/opt/rinda/venv/bin/python\n"
        "import sys\n\nfrom rinda.command import main\n\nsys.exit(main())\n"
    )
    command.chmod(0o755)
