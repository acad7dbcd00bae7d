"""What is in an image, as a CycloneDX bill of materials: each package of Debian and of Python."""

import re
import tarfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid5

from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from image.software import PACKAGES
from image.system import installed
from image.target import SUITE, Target

OURS = UUID("72696e64-0000-4000-8000-000000000000")


def bill_of(target: Target, version: str, root: Path, epoch: int) -> str:
    """JSON, the same for the same `root`."""
    own = Component(
        name="rinda", version=version, type=ComponentType.OPERATING_SYSTEM, bom_ref="rinda"
    )
    bom = Bom(
        components=[*_debian(target, installed(root)), *_python(root)],
        serial_number=uuid5(OURS, f"{target.name} {version} {epoch}"),
    )
    bom.metadata.component = own
    bom.register_dependency(own, bom.components)
    bom.metadata.timestamp = datetime.fromtimestamp(epoch, UTC)
    return JsonV1Dot6(bom).output_as_string(indent=1)


def _debian(target: Target, packages: Mapping[str, str]) -> Iterator[Component]:
    for name, version in packages.items():
        yield _component(
            PackageURL(
                "deb",
                "debian",
                name,
                version,
                {"arch": target.architecture, "distro": SUITE},
            )
        )


def _python(root: Path) -> Iterator[Component]:
    with tarfile.open(root) as archive:
        for member in archive:
            path = member.name.removeprefix("./")
            if path.startswith(str(PACKAGES)) and path.endswith(".dist-info/METADATA"):
                file = archive.extractfile(member)
                assert file
                said = dict(re.findall(r"^(Name|Version): (.+)$", file.read().decode(), re.M)[:2])
                yield _component(PackageURL("pypi", None, said["Name"].lower(), said["Version"]))


def _component(url: PackageURL) -> Component:
    kind = ComponentType.LIBRARY
    return Component(name=url.name, version=url.version, type=kind, purl=url, bom_ref=str(url))
