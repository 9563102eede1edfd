from hashlib import sha256
from pathlib import Path

import pytest

from pipeline.errors import SourceUnreadable
from pipeline.video.identity import footage_source_id


def test_id_follows_the_content_and_not_the_name(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"film")
    (tmp_path / "b.mp4").write_bytes(b"film")

    ids = {footage_source_id(tmp_path / name) for name in ("a.mp4", "b.mp4")}

    assert ids == {"f_" + sha256(b"film").hexdigest()[:16]}


def test_missing_file_has_no_id(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match="no such file"):
        footage_source_id(tmp_path / "a.mp4")
