"""`python -m tests.bench`: measure, side by side in one run, and print the table of what was found.

Each measurement has a process of its own: memory and threads of one do not touch the other.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

from rich.console import Console

from pipeline.options import AnalysisOptions
from tests.bench.measurement import Measurement, from_line, make_table, to_line
from tests.bench.settings import BenchSettings

MODULES = {
    "job": "job",
    "detector": "detection",
    "detectors": "detectors",
    "encoder": "encoder",
    "matching": "matching",
    "transport": "transport",
    "accuracy": "accuracy",
    "encoders": "encoder_speeds",
    "thresholds": "thresholds",
    "heads": "heads",
    "live": "live",
    "events": "events",
    "delivery": "delivery",
    "soak": "soak",
    "search": "face_search",
    "views": "views",
    "pages": "pages",
}
"""What can be measured, by which module of this package."""
ASKED_FOR = {"encoders", "thresholds", "heads", "live", "events", "delivery", "soak", "search", "views", "pages"}
"""What is measured only when it is named."""
RESULT = "measured: "
"""What a line with a measurement begins with, among whatever libraries print."""


def main() -> int:
    arguments = _parse_arguments()
    encoders = tuple(arguments.encoder)
    settings = BenchSettings(folder=arguments.data / "bench", short=arguments.short, encoders=encoders)
    settings.folder.mkdir(parents=True, exist_ok=True)
    if arguments.inside:
        for measurement in _measure_here(arguments.names[0], settings):
            print(RESULT + to_line(measurement), flush=True)
        return 0
    found = [one for name in arguments.names or _usual() for one in _measure_apart(name, arguments)]
    title = f"default configuration {AnalysisOptions().digest()}, {os.cpu_count()} cores"
    Console(width=150).print(make_table(found, title))
    return int(any(one.bar is not None and not one.bar.holds(one.figure) for one in found))


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(MODULES)}; the usual ones if none is named")
    parser.add_argument("--short", action="store_true", help="on one minute of footage, and less of the rest")
    parser.add_argument("--data", type=Path, default=Path("data"), help="footage and downloads are kept in its `bench`")
    parser.add_argument(
        "--encoder", action="append", default=[], metavar="NAME", help="for encoders and thresholds; may be given again"
    )
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.names) - set(MODULES))
    if unknown:
        parser.error(f"there is no measurement {', '.join(unknown)}; there are {', '.join(MODULES)}")
    return arguments


def _usual() -> list[str]:
    return [name for name in MODULES if name not in ASKED_FOR]


def _measure_here(name: str, settings: BenchSettings) -> Iterator[Measurement]:
    measure: Callable[[BenchSettings], Iterator[Measurement]] = import_module(f"tests.bench.{MODULES[name]}").measure
    return measure(settings)


def _measure_apart(name: str, arguments: argparse.Namespace) -> Iterator[Measurement]:
    """The measurements of `name`, from a process of its own; one that fails ends the bench."""
    command = [sys.executable, "-m", "tests.bench", name, "--inside", "--data", str(arguments.data)]
    command += ["--short"] if arguments.short else []
    command += [f"--encoder={encoder}" for encoder in arguments.encoder]
    log = arguments.data / "bench" / f"{name}.log"
    begin = time.perf_counter()
    _tell(f"measuring {name} ...")
    with (
        log.open("w") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        for line in process.stdout or ():
            if line.startswith(RESULT):
                found = from_line(line.removeprefix(RESULT))
                _tell(f"  {found.what}: {found.figure:.3g} {found.unit} ({found.detail})")
                yield found
    if process.returncode:
        raise SystemExit(f"measuring {name} failed (exit code {process.returncode}); {log} ends with\n{_tail(log)}")
    _tell(f"  took {time.perf_counter() - begin:.0f} s")


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])


if __name__ == "__main__":
    sys.exit(main())
