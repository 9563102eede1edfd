"""What may be named from the pages lies below the roots, links and dots included."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboards.web.failures import Forbidden
from dashboards.web.security.roots import camera_from_page, footage_below, is_below


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root with a file, beside a secret that links in the root lead to."""
    made = tmp_path / "videos"
    (made / "yard").mkdir(parents=True)
    (made / "yard" / "door.mp4").write_bytes(b"video")
    (tmp_path / "videos-secret").mkdir()
    (tmp_path / "videos-secret" / "key.mp4").write_bytes(b"secret")
    (made / "out").symlink_to(tmp_path / "videos-secret")
    (made / "out.mp4").symlink_to(tmp_path / "videos-secret" / "key.mp4")
    (made / "circle").symlink_to(made / "circle")
    (made / "inside").symlink_to(made / "yard")
    return made


@pytest.mark.parametrize("inside", ["yard", "yard/door.mp4", "yard/../yard/door.mp4", "inside/door.mp4"])
def test_what_lies_below_a_root_is_taken_at_its_real_place(root: Path, inside: str) -> None:
    assert footage_below([root], root / inside) in {root / "yard", root / "yard" / "door.mp4"}


@pytest.mark.parametrize(
    "outside",
    [
        "..",
        "../videos-secret",
        "../videos-secret/key.mp4",
        "out",
        "out/key.mp4",
        "out.mp4",
        "circle",
        "nothing",
        "a\0b",
    ],
)
def test_everything_else_is_refused_in_the_same_words(root: Path, outside: str) -> None:
    with pytest.raises(Forbidden, match=r"only files and folders below web\.footage_roots"):
        footage_below([root], f"{root}/{outside}")


@pytest.mark.parametrize("path", ["/etc/passwd", "/", "yard/door.mp4", "", "~/x"])
def test_paths_that_do_not_begin_at_a_root_are_refused(root: Path, path: str) -> None:
    assert not is_below([root], Path(path))


def test_without_roots_nothing_is_below_one(root: Path) -> None:
    assert not is_below([], root)


@pytest.mark.parametrize("url", ["file:/etc/passwd", "file:///etc/passwd", "file:{root}/out.mp4"])
def test_camera_from_a_page_plays_no_file_outside(root: Path, url: str) -> None:
    with pytest.raises(Forbidden):
        camera_from_page(url.format(root=root), [root])


def test_camera_from_a_page_plays_a_file_inside(root: Path) -> None:
    assert camera_from_page(f"file:{root}/inside/door.mp4", [root]).target == str(root / "yard" / "door.mp4")


@pytest.mark.parametrize("url", ["concat:/etc/passwd", "/etc/passwd", "pipe:0", "gopher://x", "subfile:x", "data:x"])
def test_camera_from_a_page_knows_no_other_protocol(root: Path, url: str) -> None:
    with pytest.raises(Exception, match="must begin with"):
        camera_from_page(url, [root])
