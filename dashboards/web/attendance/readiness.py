"""This month's attendance made before anybody asks: the first report after a start reads a month of files."""

from __future__ import annotations

import logging
import threading
from datetime import datetime

from dashboards.web.attendance.asking import Asked, View
from dashboards.web.site import Site
from pipeline.errors import PipelineError

logger = logging.getLogger(__name__)


def begin(site: Site, now: datetime) -> threading.Thread:
    """Make it in a thread of its own; what hinders that is told to whoever opens the page."""
    thread = threading.Thread(target=_make, args=(site, now), name="attendance", daemon=True)
    thread.start()
    return thread


def _make(site: Site, now: datetime) -> None:
    today = now.astimezone(site.zone).date()
    month = Asked(view=View.MONTH, day=today, text="", shift="", what=(), page=1)
    try:
        site.attendance.report(month.days, now)
    except PipelineError as error:
        logger.info("this month's attendance will be made when somebody asks for it: %s", type(error).__name__)
