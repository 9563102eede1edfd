"""The entry point of the command `facetrail`."""

from __future__ import annotations

from dashboards.cli.app import build_app


def main() -> None:
    """Run the command line; leaves with one of the exit codes of `exits.py`."""
    build_app()(prog_name="facetrail")


if __name__ == "__main__":
    main()
