"""Self-contained HTML pages, first of all the one of who was seen when. Hides Jinja.

A page needs no script, no network and no other file: its styles are inline, and its pictures are data URIs.
"""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.reports.html.page import page_of
from pipeline.reports.html.values import ReportInput

TEMPLATE = "report.html.j2"


def render_report(report: ReportInput) -> str:
    """The page as text; every name and label in it is escaped."""
    return render_template(TEMPLATE, page_of(report))


def render_template(template: str, page: object) -> str:
    """A template of this room filled with `page`; every text in it is escaped."""
    environment = Environment(
        loader=PackageLoader("pipeline.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(page=page)
