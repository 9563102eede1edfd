"""Records with people and strangers in them, and somebody who examines pictures with the real models."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from dashboards.web.asking import NobodyToAsk, PictureAsker
from dashboards.web.site import Site
from pipeline.analysis import analyze
from pipeline.config import load_settings
from pipeline.control.database import open_control
from pipeline.control.gallery.people import People
from pipeline.encoders.registry import load_encoder
from pipeline.faces.detectors.choice import load_detector
from pipeline.identity.enrolment import ReferenceReport, examine_image
from pipeline.options import DetectionOptions
from pipeline.sample.making import Sample
from pipeline.sightings.record.store import Store
from pipeline.sightings.recording.recorder import Recorder
from tests.builders import RUN
from tests.builders_recording import make_reference, make_seen, open_world, submit
from tests.dashboards.web.conftest import NO_SERVER
from workers.recording.relabelling import carry_out


class RealAsker(NobodyToAsk):
    """Examines pictures as enrolment does, in this process."""

    def __init__(self, weights: Path) -> None:
        self._detector = load_detector(DetectionOptions(), weights)
        self._encoder = load_encoder("sface", weights)

    def reference(self, picture: bytes, label: str = "picture") -> ReferenceReport:
        return replace(examine_image(picture, self._detector, self._encoder), label=label)


@pytest.fixture(scope="package")
def small_record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ada is enrolled and was seen twice, a stranger twice, another one once."""
    world = open_world(tmp_path_factory.mktemp("small") / "people")
    People(world.control).enrol("Ada", [make_reference(0)])
    world.record = submit(world.control, RUN)
    looks = enumerate((0, 1, 0, 1, 2))
    world.commit(9, *(make_seen(number, person, 20.0 * number) for number, person in looks))
    world.recorder.refresh_sightings(world.lease, RUN.source_id, People(world.control).gallery_version())
    world.finish()
    world.control.close()
    return world.data_dir


@pytest.fixture
def small_site(small_record: Path, tmp_path: Path) -> Iterator[Site]:
    """A copy of the small record; nobody examines pictures."""
    shutil.copytree(small_record, tmp_path / "people")
    with opened(tmp_path / "people", NobodyToAsk()) as site:
        yield site


@pytest.fixture(scope="package")
def real_asker(weights_cache: Path) -> PictureAsker:
    return RealAsker(weights_cache)


@pytest.fixture(scope="package")
def sample_record(sample: Sample, weights_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, analysed with Joe Biden enrolled, whom it does not show, and without Barack Obama."""
    data = tmp_path_factory.mktemp("people") / "data"
    data.mkdir()
    (data / "weights").symlink_to(weights_cache)
    gallery = data.parent / "gallery"
    shutil.copytree(sample.gallery / "Joe Biden", gallery / "Joe Biden")
    analyze([sample.video], data_dir=data, gallery=gallery)
    return data


@pytest.fixture
def sample_site(sample_record: Path, real_asker: PictureAsker, tmp_path: Path) -> Iterator[Site]:
    """A copy of the sample's record, with somebody who examines pictures."""
    shutil.copytree(sample_record, tmp_path / "people", symlinks=True)
    with opened(tmp_path / "people", real_asker) as site:
        yield site


@contextmanager
def opened(data: Path, asker: PictureAsker) -> Iterator[Site]:
    """A site on a data folder, while the block lasts."""
    settings = load_settings(data=data, time_zone="UTC", web={"port": 0})
    control = open_control(data)
    yield Site(settings, control, NO_SERVER, asker=asker)
    for thread in threading.enumerate():
        if thread.name == "past":  # it may still name the past, by this database
            thread.join()
    control.close()


@pytest.fixture
def until_named() -> Callable[[TestClient, Site, Response], str]:
    """Wait until the past is named as an answer promised; gives the words that are shown then."""

    def wait(browser: TestClient, site: Site, answer: Response) -> str:
        assert answer.status_code == 200, answer.text
        found = re.search(r'hx-get="(/relabelling/(\d+)[^"]*)"', answer.text)
        if found is None:
            return str(answer.text)
        list(carry_out(site.control, Recorder(site.control, Store(site.data_dir)), int(found[2])))
        return str(browser.get(found[1].replace("&amp;", "&")).text)

    return wait
