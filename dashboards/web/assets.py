"""Our own styles, scripts and icons over HTTP; whoever has one keeps it, since its address changes with its content."""

from __future__ import annotations

import os

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

KEEP = "public, max-age=31536000, immutable"


class Assets(StaticFiles):
    """Files below one folder."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """The file; to be kept for ever when it was asked for by the address that `asset_url` gives."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        if scope["query_string"].startswith(b"v="):
            response.headers["Cache-Control"] = KEEP
        return response
