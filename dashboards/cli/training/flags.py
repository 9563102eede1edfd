"""The options that the training commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

PeopleFolder = Annotated[
    Path,
    typer.Option("--people", help="A folder with one folder of pictures for each person.", metavar="DIR"),
]
NameFlag = Annotated[str, typer.Option("--name", help="What to call the result, such as office-2026.", metavar="NAME")]
EpochsFlag = Annotated[int, typer.Option("--epochs", help="Most epochs.", min=1, max=10_000)]
PatienceFlag = Annotated[
    int, typer.Option("--patience", help="Epochs without improvement after which it ends.", min=1, max=1000)
]
SeedFlag = Annotated[int, typer.Option("--seed", help="Equal seeds give equal results.", min=0)]
