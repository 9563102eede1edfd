"""A million sightings at hand: what reading, asking and drawing them costs.

python -m tests.bench.catalogue [N_SIGHTINGS]
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from dashboards.web.timeline.lines import LinesAsked, draw_lines
from dashboards.web.timeline.window import Window
from pipeline.sightings.catalogue.catalogue import Catalogue
from pipeline.sightings.catalogue.queries import EVERYTHING, CatalogueQuery
from tests.builders_catalogue import FIRST_DAY, BusySite, write_busy_site

TIMES = 5
SOMEBODY = CatalogueQuery(person_ids=frozenset({f"p_{5:012x}"}))


def main() -> None:
    """Print the median of each, in milliseconds of processor time."""
    n_sightings = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        write_busy_site(Path(folder), BusySite(n_sightings=n_sightings))
        measure(Path(folder))


def measure(data_dir: Path) -> None:
    """Measure one record."""
    before_mb, began = _resident_mb(), time.process_time()
    catalogue = Catalogue(data_dir)
    catalogue.refresh()
    _tell("first reading", (time.process_time() - began) * 1000)
    sys.stdout.write(f"{catalogue.state().n_sightings} sightings, {_resident_mb() - before_mb:.0f} MB more\n")
    last = catalogue.find(limit=1).sightings[0].sighting_id
    for name, act in (
        ("newest 50", catalogue.find),
        ("newest 50 of one person", lambda: catalogue.find(SOMEBODY)),
        ("50 of a score that nobody has", lambda: catalogue.find(CatalogueQuery(least_score=0.99))),
        ("one by its id", lambda: catalogue.get(last)),
        ("counts of everybody", catalogue.people),
        ("refresh, nothing changed", catalogue.refresh),
        ("refresh, one file changed", lambda: _refresh_after_change(catalogue, data_dir)),
        ("lines of a month", lambda: _draw(catalogue, timedelta(days=31))),
        ("lines of a day", lambda: _draw(catalogue, timedelta(days=1))),
    ):
        _tell(name, _median_ms(act))


def _draw(catalogue: Catalogue, span: timedelta) -> None:
    window = Window(FIRST_DAY, FIRST_DAY + span).widened(1)
    draw_lines(catalogue, {}, LinesAsked(query=EVERYTHING, window=window, lane_px=3000, most_lines=60))


def _refresh_after_change(catalogue: Catalogue, data_dir: Path) -> None:
    path = next((data_dir / "sightings").glob("date=*/source=camera_03/sightings.parquet"))
    other = path.with_name(".other")
    other.write_bytes(path.read_bytes())
    other.replace(path)
    catalogue.refresh()


def _median_ms(act: Callable[[], object]) -> float:
    took = []
    for _ in range(TIMES):
        began = time.process_time()
        act()
        took.append((time.process_time() - began) * 1000)
    return sorted(took)[TIMES // 2]


def _resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def _tell(name: str, ms: float) -> None:
    sys.stdout.write(f"{name:32s} {ms:8.1f} ms\n")


if __name__ == "__main__":
    main()
