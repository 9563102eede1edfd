"""Where a request comes from, for sessions, limits and the audit log; and where it goes to."""

from __future__ import annotations

import ipaddress

from fastapi import Request

from pipeline.control.accounts.sessions import Place

IPV6_NETWORK_BITS = 64
"""What one connection to the internet has to itself at least; its addresses count as one."""


def place_of(request: Request) -> Place:
    """The address and the browser of whoever sent the request."""
    address = request.client.host if request.client else ""
    return Place(address, request.headers.get("user-agent", ""))


def path_of(request: Request) -> str:
    """The path by which the request is routed.

    `request.url.path` is none to decide by: it is read from an address that is put together from what was sent, and a
    `?` that was encoded, or a host with a path in it, make it another one.
    """
    path: str = request.scope["path"]
    return path


def network_of(address: str) -> str:
    """What limits count an address as: itself, or its network with IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, IPV6_NETWORK_BITS), strict=False))
