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
from dashboards.web.api.sources.tus import CONTENT_TYPE

EXAMPLES = 1
"""Made up for each operation, beside those at the edges of what its description allows."""
LEFT_OUT = ("stream_events", "test_camera")
"""The one goes on until somebody leaves, the other looks for a camera in the network; each has a test of its own."""
TAKES_FILES = frozenset(
    f"POST /api/v1/{path}"
    for path in ("people", "people/{person_id}/images", "identify", "verify", "search", "footage/upload", "uploads")
) | {"PATCH /api/v1/uploads/{upload_id}"}
"""No description can say which bytes are a photograph or a video, nor what room there is: what is made up may be
refused."""
UNKNOWN_HEADER = "in header - object with unexpected properties"
"""HTTP leaves alone what it does not know."""
REFUSALS = (400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 429)
"""Of requests that are not as they are described: 412 is what tus wants for another version of it."""
REFUSED = "Schema-valid request rejected"


schemathesis.serializer.alias(CONTENT_TYPE, "application/octet-stream")


def faults_of(app: FastAPI, tokens: dict[Role, str], role: Role | None) -> Iterator[str]:
    """What schemathesis has to say against the API, as a program with that role sees it, or as nobody does."""
    headers = {"Authorization": f"Bearer {tokens[Role.ADMIN]}"}
    config = SchemathesisConfig(seed=1)
    sent = {} if role is None else {"Authorization": f"Bearer {tokens[role]}"}
    config.projects.default.update(headers=sent, continue_on_failure=True)
    config.projects.default.phases.coverage.enabled = role is Role.ADMIN  # the edges are the same for all
    config.projects.default.checks.negative_data_rejection.expected_statuses = [*map(str, REFUSALS)]
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
        is_made_up = failure.title == REFUSED and event.label in TAKES_FILES
        if not is_made_up and UNKNOWN_HEADER not in failure.message:
            yield f"{event.label}: {failure.title}: {failure.message}\n    {check.failure_info.code_sample}"


@pytest.mark.slow
@pytest.mark.parametrize("role", [Role.VIEWER, Role.ANALYST, None, Role.ADMIN])
def test_schemathesis_finds_nothing(app: FastAPI, tokens: dict[Role, str], role: Role | None) -> None:
    faults = set(faults_of(app, tokens, role))

    assert not faults, "\n".join(sorted(faults))
