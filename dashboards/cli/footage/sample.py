"""`facetrail sample`: a short clip of real faces and its gallery, to try everything with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, JsonFlag
from dashboards.cli.output import answers, emit_json
from dashboards.cli.progress import counting
from dashboards.cli.session import open_session

EXAMPLES = examples(
    ("facetrail sample", "makes data/sample"),
    ("facetrail analyze data/sample/sample.mp4 --gallery data/sample/gallery", "who is in it, and when"),
    ("facetrail evaluate data/sample/sample.mp4 --truth data/sample/truth.csv", "was that right?"),
)


def register(app: typer.Typer, panel: str) -> None:
    """Add `sample`."""
    app.command(epilog=EXAMPLES, rich_help_panel=panel)(sample)


def sample(
    out: Annotated[
        Path | None, typer.Option(help="The folder to make it in (default: sample in the data folder).")
    ] = None,
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Make a sample clip with its gallery and its truth, from public-domain portraits that are downloaded once."""
    from pipeline.sample.making import N_FRAMES, make_sample

    session = open_session(data=data)
    with counting("composing the sample", N_FRAMES) as advance_to:
        made = make_sample(out or session.data_dir / "sample", session.weights_dir, advance_to)
    if as_json:
        emit_json({"video": made.video, "gallery": made.gallery, "truth": made.truth_csv})
        return
    answers().print(f"video    {made.video}\ngallery  {made.gallery}\ntruth    {made.truth_csv}", markup=False)
