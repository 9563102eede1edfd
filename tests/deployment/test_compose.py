"""The deployment files agree with each other and with the program; their schema is checked by `make check`."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from pipeline.config import Settings, WebSettings, load_settings
from tests.conftest import REPOSITORY

COMPOSE: Any = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
GPU: Any = yaml.safe_load((REPOSITORY / "docker-compose.gpu.yml").read_text())
POSTGRES: Any = yaml.safe_load((REPOSITORY / "docker-compose.postgres.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if str(service["image"]).startswith("facetrail:")}
PAGES, INTAKE = "web", "intake"
WORKERS = {name: service for name, service in OURS.items() if "command" in service and name not in {PAGES, INTAKE}}
STATELESS = {"detector", "encoder"}


@pytest.mark.parametrize("name", OURS)
def test_every_role_runs_without_rights_that_it_does_not_need(name: str) -> None:
    service = OURS[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_pages_alone_are_published_and_asked_whether_they_answer() -> None:
    from dashboards.web.server.standing import ALIVE

    assert [name for name, service in OURS.items() if "ports" in service] == [PAGES]
    port = WebSettings().port
    assert OURS[PAGES]["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert f":{port}{ALIVE}'" in OURS[PAGES]["healthcheck"]["test"][-1]


def test_footage_of_the_host_is_where_the_pages_look_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    service = OURS[PAGES]
    monkeypatch.setenv("FACETRAIL_WEB__FOOTAGE_ROOTS", service["environment"]["FACETRAIL_WEB__FOOTAGE_ROOTS"])

    (root,) = load_settings(web={"host": service["command"][-1]}).web.footage_roots

    assert all(f"./footage:{root}:ro" in OURS[name]["volumes"] for name in (PAGES, INTAKE, "ingest", "camera"))


@pytest.mark.parametrize("name", WORKERS)
def test_every_worker_is_asked_for_its_health_and_bounded(name: str) -> None:
    service = WORKERS[name]

    assert service["healthcheck"]["test"] == ["CMD", "python", "-m", "workers.metrics"]
    assert service["environment"]["FACETRAIL_METRICS_PORT"]
    assert service["deploy"]["resources"]["limits"]["memory"]


def test_workers_run_commands_that_exist() -> None:
    from workers.main import STAGES

    stages = {service["command"][1] for name, service in WORKERS.items() if "profiles" not in service}

    assert stages == {"ingest", "detector", "encoder", "aggregator"} <= set(STAGES)


def test_only_the_control_host_holds_the_data_folder() -> None:
    holders = {name for name, service in OURS.items() if "data:/data" in service["volumes"]}

    assert holders == set(OURS) - STATELESS


def test_whoever_holds_the_data_folder_knows_of_the_other_database_and_waits_for_it() -> None:
    told = {name: service for name, service in POSTGRES["services"].items() if name != "postgres"}

    assert set(told) == set(OURS) - STATELESS
    assert all("FACETRAIL_DATABASE_URL" in service["environment"] for service in told.values())
    assert all(service["depends_on"]["postgres"] == {"condition": "service_healthy"} for service in told.values())
    assert POSTGRES["services"]["postgres"]["networks"] == ["inner"]


def test_redis_is_reached_from_inside_only_by_password_and_keeps_what_is_on_its_way() -> None:
    redis = SERVICES["redis"]

    assert "ports" not in redis
    assert redis["networks"] == ["inner"]
    assert COMPOSE["networks"]["inner"]["internal"] is True
    assert "--requirepass" in redis["command"][-1]
    assert "--appendonly yes" in redis["command"][-1]


def test_every_variable_is_explained_in_the_example() -> None:
    text = "".join(path.read_text() for path in REPOSITORY.glob("docker-compose*.yml"))
    explained = set(re.findall(r"^#?([A-Z_]+)=", (REPOSITORY / ".env.example").read_text(), re.MULTILINE))

    assert set(re.findall(r"\$\{([A-Z_]+)", text)) == explained


def test_settings_in_the_environment_are_settings() -> None:
    given = {name for service in (*OURS.values(), *GPU["services"].values()) for name in service["environment"]}
    known = {f"FACETRAIL_{name.upper()}" for name in Settings.model_fields} | {"FACETRAIL_CONFIG"}

    assert {name.split("__")[0] for name in given if name.startswith("FACETRAIL_")} <= known


def test_prometheus_asks_every_worker() -> None:
    asked: Any = yaml.safe_load((REPOSITORY / "dashboards" / "grafana" / "prometheus.yml").read_text())

    (discovery,) = asked["scrape_configs"][0]["dns_sd_configs"]
    assert set(discovery["names"]) == set(WORKERS)
    assert str(discovery["port"]) == OURS["aggregator"]["environment"]["FACETRAIL_METRICS_PORT"]


def test_image_is_built_from_locks_and_runs_as_nobody() -> None:
    lines = (REPOSITORY / "Dockerfile").read_text().splitlines()
    installs = [line for line in lines if "pip install" in line and "--no-deps" not in line]

    assert installs
    assert all("--require-hashes" in line for line in installs)
    assert "USER 10001" in lines


def test_image_locks_keep_the_pins_of_the_run_lock() -> None:
    def pins(name: str) -> dict[str, str]:
        found = re.findall(r"^([\w.-]+)==(\S+)", (REPOSITORY / name).read_text(), re.MULTILINE)
        return dict(found)

    run, image, gpu = pins("requirements.lock"), pins("requirements-image.lock"), pins("requirements-gpu.lock")

    assert run.items() <= image.items()
    assert {"paho-mqtt", "psycopg"} <= image.keys()
    assert {name: run[name] for name in gpu.keys() & run.keys()} == {
        name: gpu[name] for name in gpu.keys() & run.keys()
    }
