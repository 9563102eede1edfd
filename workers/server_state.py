"""How the server of the streams is doing: its memory, its age, its version."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import Any

from workers.streams import connect, errors_translated


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerState:
    """One look at the server."""

    product: str
    """Such as `Valkey 9.1.0`."""
    n_bytes: int
    """Memory that its data take."""
    most_bytes: int
    """Memory that they may take; 0 without a limit."""
    up_s: int
    n_clients: int


def read_server_state(url: str) -> ServerState:
    """Ask the server; raises `TransportLost`."""
    with errors_translated(), closing(connect(url)) as server:
        found: dict[str, Any] = server.info()
    version = found.get("valkey_version")
    return ServerState(
        product=f"Valkey {version}" if version else f"Redis {found.get('redis_version', '?')}",
        n_bytes=int(found.get("used_memory", 0)),
        most_bytes=int(found.get("maxmemory", 0)),
        up_s=int(found.get("uptime_in_seconds", 0)),
        n_clients=int(found.get("connected_clients", 0)),
    )
