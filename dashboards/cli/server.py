"""Which server the workers of a data folder listen to, if any."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dashboards.cli.session import Session


def find_server(session: Session) -> str | None:
    """The URL of the server that was set, or of the Facetrail that runs on the data folder; None when there is none."""
    from workers.stack.running import find_running_stack

    if session.settings.redis_url is not None:
        return session.settings.redis_url.get_secret_value()
    stack = find_running_stack(session.data_dir)
    return None if stack is None else stack.url
