"""Examples below a command's help."""

from __future__ import annotations


def examples(*lines: tuple[str, str]) -> str:
    """The epilog of a command: each line a command and what it does."""
    from rich.markup import escape

    blocks = [f"  [bold]$ {escape(command)}[/]\n    [dim]{escape(meaning)}[/]" for command, meaning in lines]
    return as_written("[bold]Examples[/]\n" + "\n".join(blocks))


def as_written(text: str) -> str:
    """Text of which Typer keeps the lines as they are."""
    return f"\b\n{text}"
