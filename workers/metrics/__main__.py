"""Asks a worker on this host whether it works: `python -m workers.metrics [PORT]`, for health checks of containers.

Exit codes: 0 it works, 1 it does not, or nobody answers. Without PORT, that of FACETRAIL_METRICS_PORT.
"""

from __future__ import annotations

import os
import sys
import urllib.error
import urllib.request

ANSWER_S = 5.0


def main() -> None:
    """Print what is wrong, if anything is."""
    port = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("FACETRAIL_METRICS_PORT", "")
    problem = ask(f"http://127.0.0.1:{port}/health")
    if problem is not None:
        print(problem, file=sys.stderr)
        sys.exit(1)


def ask(url: str) -> str | None:
    """What is wrong at `url`; None when it says that all is well."""
    try:
        with urllib.request.urlopen(url, timeout=ANSWER_S):  # noqa: S310 # an http address of this host
            return None
    except urllib.error.HTTPError as error:
        return str(error.read().decode(errors="replace"))
    except (OSError, ValueError) as error:
        return f"no answer: {error}"


if __name__ == "__main__":
    main()
