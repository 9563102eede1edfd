"""What goes wrong with a camera is said in words, and no password is."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from pipeline.errors import SourceLost, SourceRefused
from pipeline.options import SamplingOptions
from pipeline.video.live.connecting.address import CameraAddress, parse_address
from pipeline.video.live.connecting.opening import open_container
from pipeline.video.live.reading import LiveReader, ThreadLedger
from pipeline.video.writing import write_silence
from tests.pipeline.video.live.live_pictures import near
from tests.rtsp.playlists import serving_folder, write_playlist
from tests.rtsp.protocol import Login
from tests.rtsp.running import RtspServer

pytestmark = pytest.mark.slow


def why_not(address: CameraAddress) -> SourceLost:
    with pytest.raises(SourceLost) as caught, open_container(address):
        pass
    return caught.value


@pytest.mark.parametrize("scheme", ["basic", "digest"])
def test_right_password_opens_and_wrong_one_is_refused(clip: Path, scheme: str) -> None:
    with RtspServer.of(clip, login=Login("admin", "s3cret", scheme)) as server:
        with open_container(near(server.url_as("admin", "s3cret"))) as (_, stream):
            assert stream.codec_context.name == "h264"

        refused = why_not(near(server.url_as("admin", "wr0ng")))

    assert isinstance(refused, SourceRefused)
    assert "password" in str(refused)
    assert "wr0ng" not in f"{refused} {refused.__context__} {refused.__cause__}"


def test_wrong_path_is_refused(clip: Path) -> None:
    with RtspServer.of(clip) as server:
        refused = why_not(near(server.url.replace("/live", "/dead")))

    assert isinstance(refused, SourceRefused)
    assert "nothing at this address" in str(refused)


def test_port_where_nobody_listens_is_said_and_may_come_back(clip: Path) -> None:
    with RtspServer.of(clip) as server:
        server.kill()
        lost = why_not(near(server.url))

    assert not isinstance(lost, SourceRefused)
    assert "refused" in str(lost)


def test_unknown_host_is_said() -> None:
    assert "no such host" in str(why_not(near("rtsp://admin:s3cret@camera.invalid/live")))


def test_camera_that_does_not_answer_is_given_up_in_time(clip: Path) -> None:
    with RtspServer.of(clip) as server:
        server.behaviour.frozen = True
        address = parse_address(server.url, open_timeout_s=0.3, read_timeout_s=0.3)

        assert "no answer" in str(why_not(address))


def test_file_without_video_is_refused(tmp_path: Path) -> None:
    write_silence(tmp_path / "sound.mp4", 0.5)

    assert "no picture" in str(why_not(parse_address(f"file:{tmp_path / 'sound.mp4'}")))
    assert "no such file" in str(why_not(parse_address("file:/nowhere/door.mp4")))


def test_webcam_that_is_not_there_is_refused() -> None:
    assert "device:99" in str(why_not(parse_address("device:99")))


def test_live_sampling_needs_a_rate() -> None:
    with pytest.raises(Exception, match="sampled at a rate"):
        LiveReader(near("rtsp://cam/live"), SamplingOptions(fps=None), ThreadLedger(), threading.Event())


@pytest.mark.parametrize("listed", ["file://{}", "concat:{}", "pipe:0", "subfile,,start,0,end,0,,:{}"])
def test_list_that_names_our_files_is_not_followed(clip: Path, tmp_path: Path, listed: str) -> None:
    write_playlist(clip, tmp_path / "live.m3u8")
    elsewhere = listed.format(tmp_path / "live0.ts")
    (tmp_path / "trap.m3u8").write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{elsewhere}\n#EXT-X-ENDLIST\n")
    (tmp_path / "trap.ffconcat").write_text(f"ffconcat version 1.0\nfile '{elsewhere}'\n")
    with serving_folder(tmp_path) as url, open_container(near(f"{url}/live.m3u8")):
        pass

    with serving_folder(tmp_path) as url:
        why_not(near(f"{url}/trap.m3u8"))
        why_not(near(f"{url}/trap.ffconcat"))
