"""The files that pages load: our own styles and scripts, and htmx, which a package carries and the set-up fetches once.

    python -m dashboards.web.scripts      fetches what is missing; `make` does it, and wheels and images hold the files

Nothing is ever loaded from elsewhere: pages work without internet.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from functools import cache
from pathlib import Path

from pipeline.errors import SettingsError
from pipeline.fetching.carriers import CarriedFile, fetch_carried, file_sha256

STATIC = Path(__file__).resolve().parent / "static"
VENDOR = STATIC / "vendor"
CARRIER = "django-htmx"
CARRIER_VERSION = "1.29.0"
CARRIED = {
    "htmx.js": CarriedFile(
        package=CARRIER,
        version=CARRIER_VERSION,
        member="django_htmx/static/django_htmx/htmx-2.min.js",
        sha256="71ea67185bfa8c98c39d31717c6fce5d852370fcdfd129db4543774d3145c0de",
    ),
    "htmx-sse.js": CarriedFile(
        package=CARRIER,
        version=CARRIER_VERSION,
        member="django_htmx/static/django_htmx/ext/hx-sse-2.min.js",
        sha256="98a46496de0c3605fbffdce9167ba427bdd9553184f83f149c261891a92c0136",
    ),
}
"""htmx 2 and its extension for server-sent events (Zero-Clause BSD), by the names under which they are served."""


def fetch_scripts() -> None:
    """Put the carried files into `static/vendor`; those that are there stay. Raises `WeightsError` offline."""
    VENDOR.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as cache_dir:
        companions = tuple(CARRIED.values())
        for name, file in CARRIED.items():
            if not _is_whole(VENDOR / name, file):
                fetched = fetch_carried(file, Path(cache_dir), companions=companions)
                shutil.copyfile(fetched, VENDOR / name)


def check_scripts() -> None:
    """Raise `SettingsError` when a file that pages need is missing."""
    if not all(_is_whole(VENDOR / name, file) for name, file in CARRIED.items()):
        raise SettingsError(
            "the pages' scripts are not there yet; `python -m dashboards.web.scripts` fetches them, once"
        )


@cache
def asset_url(name: str) -> str:
    """Where a file of `static` is served, such as `css/layout.css`; another address whenever its content changes."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:12]}"


def _is_whole(path: Path, file: CarriedFile) -> bool:
    return path.is_file() and file_sha256(path) == file.sha256


if __name__ == "__main__":
    fetch_scripts()
