"""The processes of cameras: one each, for those that are enabled now; they come and go while the stack runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipeline.cameras.configured import CAMERA_PREFIX, Camera
from pipeline.cameras.stored import known_cameras
from pipeline.config import Settings
from pipeline.control.database import Control, open_control
from pipeline.control.live.cameras import Cameras
from workers.stack.children import ChildSpec

REVISION = "FACETRAIL_REVISION"
"""When a camera was added, told to its process: one that was removed and added anew is another camera."""
FRAMES_ALLOCATOR = {
    "MALLOC_MMAP_THRESHOLD_": str(64 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(128 << 20),
    "MALLOC_ARENA_MAX": "2",
}
"""For glibc, where frames pass: keep buffers of a chunk's size rather than give them back to the system after each,
since touching new pages costs as much as all copying of frames; but in two arenas, not in one for every thread."""


@contextmanager
def camera_children(
    settings: Settings, environment: Mapping[str, str], logs_dir: Path, only: Collection[str] = ()
) -> Iterator[Callable[[], Sequence[ChildSpec]]]:
    """A function that says which camera processes there should be now; of `only` these cameras, if there are any.

    Raises `SettingsError` at once for a camera that cannot be read as it is set, or that is set twice.
    """
    database_url = settings.database_url.get_secret_value() if settings.database_url else None
    control = open_control(settings.data, database_url)

    def wanted() -> Sequence[ChildSpec]:
        cameras = known_cameras(control, settings, os.environ)
        revisions = _revisions(control)
        return [
            _spec(camera, {**environment, REVISION: revisions.get(camera.name, "")}, logs_dir)
            for camera in cameras
            if camera.enabled and (not only or camera.name in only)
        ]

    try:
        wanted()
        yield wanted
    finally:
        control.close()


def _revisions(control: Control) -> dict[str, str]:
    return {camera.name: camera.added_at.isoformat() for camera in Cameras(control).list()}


def _spec(camera: Camera, environment: Mapping[str, str], logs_dir: Path) -> ChildSpec:
    """The cameras' passwords reach their processes and nobody else."""
    name = f"camera-{camera.name}"
    passwords = {key: value for key, value in os.environ.items() if key.startswith(CAMERA_PREFIX)}
    return ChildSpec(
        name=name,
        command=(sys.executable, "-m", "workers", "camera", camera.name, "--log", str(logs_dir / f"{name}.log")),
        environment={**FRAMES_ALLOCATOR, **environment, **passwords},
        stderr=logs_dir / f"{name}.stderr",
        is_vital=False,
    )
