"""Errors as one clear sentence and an exit code, never as a stack trace."""

from __future__ import annotations

import os
import traceback
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from dashboards.cli.exits import ExitCode, exit_code_for
from dashboards.cli.output import emit_json, messages
from pipeline.errors import PipelineError

if TYPE_CHECKING:
    from typer import Context

DEBUG_VARIABLE = "FACETRAIL_DEBUG"
JSON_KEY = "facetrail.json"
"""Where a command's `--json` is remembered for the answer to an error."""


class GuardedGroup(TyperGroup):
    """A group of commands whose errors end as a sentence on stderr and, with `--json`, as an object on stdout."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; turn what it raises into an exit code."""
        ctx.meta[JSON_KEY] = "--json" in ctx.args  # a command line that cannot be parsed does not come to its flag
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            messages().print("interrupted", style="yellow")
            raise typer.Exit(ExitCode.INTERRUPTED) from None
        except BrokenPipeError:
            raise
        except (PipelineError, OSError) as error:
            raise typer.Exit(_report(ctx, error, exit_code_for(error), _sentence(error))) from error
        except typer.TyperException as error:
            if ctx.meta.get(JSON_KEY):
                emit_json(_error_object(error, error.exit_code, error.format_message()))
            raise
        # The outermost boundary: whatever is left is our own fault, and a person should read a sentence.
        except Exception as error:
            if isinstance(error, typer.Exit | typer.Abort) or is_debug():
                raise
            raise typer.Exit(_report(ctx, error, ExitCode.FAULT, _fault_sentence(error))) from error


def is_debug() -> bool:
    """Whether stack traces are wanted."""
    return os.environ.get(DEBUG_VARIABLE, "") not in {"", "0"}


def _report(ctx: Context, error: Exception, code: ExitCode, sentence: str) -> ExitCode:
    if is_debug():
        traceback.print_exception(error)
    messages().print(f"[bold red]error:[/] {_escaped(sentence)}", soft_wrap=True)
    if ctx.meta.get(JSON_KEY):
        emit_json(_error_object(error, code, sentence))
    return code


def _error_object(error: Exception, code: int, sentence: str) -> dict[str, dict[str, object]]:
    return {"error": {"kind": type(error).__name__, "message": sentence, "exit_code": int(code)}}


def _sentence(error: PipelineError | OSError) -> str:
    if isinstance(error, PipelineError):
        return str(error)
    what = error.strerror or str(error)
    return f"{error.filename}: {what}" if error.filename else what


def _fault_sentence(error: Exception) -> str:
    return (
        f"Facetrail itself is at fault ({type(error).__name__}: {error}); what was recorded is safe. "
        f"{DEBUG_VARIABLE}=1 shows where it happened, for a report to its makers"
    )


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)
