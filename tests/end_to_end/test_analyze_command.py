"""`facetrail analyze` on real footage: right, once, interruptible, and clear about what is wrong."""

from __future__ import annotations

import signal
import subprocess
import threading
from pathlib import Path

import pandas as pd
import pytest

from pipeline.control.database import open_control
from pipeline.control.work.runs import Runs
from pipeline.sample.making import Sample
from tests.end_to_end.commands import Folder, make_folder

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def podium(open_data: Path, weights_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """The record of one real clip, beside a file that is no video."""
    folder = make_folder(tmp_path_factory.mktemp("podium") / "data", weights_cache)
    (folder.data / "notes.txt").write_text("no video")
    said = folder.run("analyze", *_podium(open_data), folder.data / "notes.txt", "--json")
    assert said.code == 3, said.err
    (folder.data / "said.json").write_text(said.out)
    return folder


def _podium(open_data: Path) -> list[object]:
    return [open_data / "videos" / "obama_podium.mp4", "--gallery", open_data / "gallery" / "obama"]


def test_who_was_seen_is_said_and_on_record(podium: Folder) -> None:
    said = pd.read_json(podium.data / "said.json", typ="series")

    assert [(row["person_name"], row["status"]) for row in said["sightings"]] == [("barack_obama", "known")]
    assert pd.read_parquet(podium.data / "sightings")["person_name"].tolist() == ["barack_obama"]
    assert all(Path(path).is_file() for paths in said["files"].values() for path in paths)


def test_report_is_written(podium: Folder) -> None:
    said = pd.read_json(podium.data / "said.json", typ="series")

    page = Path(said["report"]).read_text()
    assert "barack_obama" in page
    assert "data:image/jpeg;base64," in page


def test_unreadable_file_among_others_is_left_out_and_named(podium: Folder) -> None:
    said = pd.read_json(podium.data / "said.json", typ="series")

    (refused,) = said["refused"]
    assert refused["path"].endswith("notes.txt")


def test_second_analyze_doubles_nothing_and_says_so(podium: Folder, open_data: Path) -> None:
    before = pd.read_parquet(podium.data / "sightings")

    said = podium.run("analyze", *_podium(open_data))

    assert said.code == 0
    assert "analysed before" in said.err
    pd.testing.assert_frame_equal(pd.read_parquet(podium.data / "sightings"), before)


def test_evaluation_of_the_clip_is_perfect(podium: Folder, open_data: Path) -> None:
    truth = open_data / "videos" / "groundtruth" / "obama_podium.csv"

    assert podium.run("evaluate", open_data / "videos" / "obama_podium.mp4", "--truth", truth).code == 0


def test_another_threshold_names_the_past_anew_and_back_again(podium: Folder, tmp_path: Path) -> None:
    settings = tmp_path / "strict.yaml"
    settings.write_text("identity: {threshold: 0.99}")

    strict = podium.run("--config", settings, "relabel")
    statuses = pd.read_parquet(podium.data / "sightings")["status"].tolist()
    usual = podium.run("relabel")

    assert (strict.code, usual.code) == (0, 0)
    assert statuses == ["unknown"]
    assert pd.read_parquet(podium.data / "sightings")["status"].tolist() == ["known"]


def test_interrupted_analysis_goes_on_where_it_stopped(sample: Sample, weights_cache: Path, tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "data", weights_cache)
    command = ["analyze", sample.video, "--gallery", sample.gallery, "--no-gate", "--fps", "every"]
    process = folder.start(*command)

    _wait_for_progress(folder, process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "the same command goes on from there" in err
    assert folder.run(*command).code == 0
    assert folder.run("evaluate", sample.video, "--truth", sample.truth_csv).code == 0


def test_command_goes_on_when_the_one_whose_workers_it_used_ends(
    open_data: Path, weights_cache: Path, tmp_path: Path
) -> None:
    folder = make_folder(tmp_path / "data", weights_cache)
    # With nothing left out, both have far more to do than it takes the first to leave.
    first = folder.start("analyze", open_data / "videos" / "friends_apartment_part1.mp4", "--no-gate", "--fps", "every")
    _wait_for_progress(folder, first)
    second = folder.start("analyze", open_data / "videos" / "intel_no_faces.mp4", "--no-gate", "--fps", "4")
    _wait_until_begun(folder, 2)

    first.send_signal(signal.SIGINT)
    first.communicate(timeout=60)
    _, err = second.communicate(timeout=120)

    assert second.returncode == 0, err
    assert "going on with workers of our own" in err


def test_verdict_on_two_pictures_is_the_exit_code(podium: Folder, open_data: Path) -> None:
    one, other = sorted((open_data / "gallery" / "obama").rglob("*.jpg"))[:2]
    stranger = open_data / "gallery" / "friends" / "ross_geller" / "01.jpg"

    same, different = podium.run("verify", one, other, "--json"), podium.run("verify", one, stranger, "--json")

    assert (same.code, same.json["verdict"]) == (0, "same")
    assert (different.code, different.json["verdict"]) == (1, "different")


def test_claimed_identity_is_checked_and_a_face_identified(podium: Folder, open_data: Path) -> None:
    picture = next((open_data / "gallery" / "obama").rglob("*.jpg"))

    assert podium.run("verify", picture, "--person", "barack_obama").code == 0
    assert podium.run("identify", picture, "--json").json["person_name"] == "barack_obama"


def test_picture_without_a_face_is_named(podium: Folder, open_data: Path) -> None:
    said = podium.run("identify", open_data / "detection" / "mtcnn" / "no-faces.jpg")

    assert said.code == 2
    assert "no-faces.jpg: no face was found" in said.err


def test_gallery_without_a_face_is_refused(open_data: Path, weights_cache: Path, tmp_path: Path) -> None:
    gallery = tmp_path / "gallery" / "Nobody"
    gallery.mkdir(parents=True)
    (gallery / "1.jpg").write_bytes((open_data / "detection" / "mtcnn" / "no-faces.jpg").read_bytes())
    video = open_data / "videos" / "obama_podium.mp4"

    said = make_folder(tmp_path / "data", weights_cache).run("analyze", video, "--gallery", gallery.parent)

    assert said.code == 2
    assert "1.jpg: no face was found" in said.err


def _wait_for_progress(folder: Folder, process: subprocess.Popen[str]) -> None:
    """Until a chunk is on record; the process must not end before."""
    while process.poll() is None:
        if (folder.data / "facetrail.db").is_file() and _chunks_done(folder) > 0:
            return
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.1)
    raise AssertionError(f"ended with {process.returncode}: {process.communicate()}")


def _wait_until_begun(folder: Folder, count: int) -> None:
    """Until so many runs are being ingested."""
    pause = threading.Event()
    for _ in range(600):
        control = open_control(folder.data)
        begun = sum(run.attempts > 0 for run in Runs(control).list())
        control.close()
        if begun == count:
            return
        pause.wait(0.05)
    raise AssertionError(f"waited in vain for {count} runs to begin")


def _chunks_done(folder: Folder) -> int:
    control = open_control(folder.data)
    runs = Runs(control).list()
    control.close()
    return sum(run.next_chunk for run in runs)
