"""What training commands show while they work: how many pictures are done, and how each epoch did."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from dashboards.cli.output import messages, warn

if TYPE_CHECKING:
    from dashboards.cli.session import Session
    from pipeline.faces.alignment import Alignment
    from pipeline.training.early_stopping import Epoch
    from pipeline.training.faces.gathering import FaceFolder
    from pipeline.training.watching import Watching

SHOWN_LEFT_OUT = 5


def gather(session: Session, folder: Path, alignment: Alignment) -> FaceFolder:
    """The faces of a folder of people, cut for `alignment`, with a bar; says which pictures cannot be used."""
    from pipeline.faces.detectors.choice import load_detector
    from pipeline.training.faces.gathering import gather_faces

    detector = load_detector(session.settings.detection, session.weights_dir)
    with counting_anything(f"faces of {folder.name}") as on_done:
        faces = gather_faces(folder, detector, alignment, on_done)
    for left_out in faces.left_out[:SHOWN_LEFT_OUT]:
        warn(f"left out: {left_out.person}/{left_out.image}: {left_out.reason}")
    if len(faces.left_out) > SHOWN_LEFT_OUT:
        warn(f"left out: {len(faces.left_out) - SHOWN_LEFT_OUT} more")
    return faces


@contextmanager
def counting_anything(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar whose end becomes known as it goes; yields the function that is told done and total."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=messages(), transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


@contextmanager
def watching_epochs(most: int, scored_by: str) -> Iterator[Watching]:
    """A bar for the views made beforehand, and one of epochs with the last loss, the last score and the best."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from pipeline.training.watching import Watching

    columns = (TextColumn("{task.fields[what]}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=messages(), transient=True) as progress:
        views = progress.add_task("", total=None, what="views")
        epochs = progress.add_task("", total=most, what="epochs")
        scores: list[float] = []

        def show(epoch: Epoch) -> None:
            scores.append(epoch.score)
            words = f"loss {epoch.loss or 0:.4f}  {scored_by} {epoch.score:.4f}  best {max(scores):.4f}"
            progress.update(epochs, completed=epoch.number, description=words)

        yield Watching(lambda done, total: progress.update(views, completed=done, total=total), show)
