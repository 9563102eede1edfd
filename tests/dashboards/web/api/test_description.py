"""The API is as it describes itself: schemathesis sends what fits the description, and what does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from fastapi import FastAPI
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished

from dashboards.web.access import Role

EXAMPLES = 1
"""Made up for each operation, beside those at the edges of what its description allows."""
LEFT_OUT = ("stream_events", "test_camera")
"""The one goes on until somebody leaves, the other looks for a camera in the network; each has a test of its own."""
TAKES_FILES = frozenset(
    f"POST /api/v1/{path}"
    for path in ("people", "people/{person_id}/images", "identify", "verify", "search", "footage/upload")
)
"""No description can say which bytes are a photograph or a video: what is made up is refused."""
REFUSED = "Schema-valid request rejected"


def faults_of(app: FastAPI, tokens: dict[Role, str], role: Role | None) -> Iterator[str]:
    """What schemathesis has to say against the API, as a program with that role sees it, or as nobody does."""
    headers = {"Authorization": f"Bearer {tokens[Role.ADMIN]}"}
    config = SchemathesisConfig(seed=1)
    sent = {} if role is None else {"Authorization": f"Bearer {tokens[role]}"}
    config.projects.default.update(headers=sent, continue_on_failure=True)
    config.projects.default.phases.coverage.enabled = role is Role.ADMIN  # the edges are the same for all
    config.projects.default.generation.update(max_examples=EXAMPLES, deterministic=True, no_shrink=True)
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app, headers=headers, config=config)
    for event in from_schema(schema.exclude(operation_id=[*LEFT_OUT])).execute():
        if isinstance(event, NonFatalError | FatalError):
            yield str(getattr(event, "info", event))
        if isinstance(event, ScenarioFinished):
            yield from _failures(event)


def _failures(event: ScenarioFinished) -> Iterator[str]:
    for check in (check for checks in event.recorder.checks.values() for check in checks if check.failure_info):
        failure = check.failure_info.failure
        if failure.title != REFUSED or event.label not in TAKES_FILES:
            yield f"{event.label}: {failure.title}: {failure.message}\n    {check.failure_info.code_sample}"


@pytest.mark.slow
@pytest.mark.parametrize("role", [Role.VIEWER, Role.ANALYST, None, Role.ADMIN])
def test_schemathesis_finds_nothing(app: FastAPI, tokens: dict[Role, str], role: Role | None) -> None:
    faults = set(faults_of(app, tokens, role))

    assert not faults, "\n".join(sorted(faults))
