"""A file is recognised by what it is: its checksum, the names of its layers; never by a guess."""

from __future__ import annotations

from pathlib import Path

import h5py
import msgspec
import numpy as np
import pytest

from pipeline.encoders.local.model_files import content_sha256
from pipeline.encoders.local.recognition import TUTORIAL_FILES, recognise
from pipeline.encoders.manifest import encoder_entry, shipped_entries
from pipeline.errors import InputError, NotFound


def write_layers(path: Path, *names: str) -> Path:
    """A file as Keras saves weights: each layer with a kernel."""
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [name.encode() for name in names]
        for name in names:
            group = file.create_group(name)
            group.attrs["weight_names"] = [f"{name}/kernel:0".encode()]
            group.create_dataset(f"{name}/kernel:0", data=np.zeros((1, 1, 1, 1), np.float32))
    return path


def test_a_file_is_known_by_its_checksum_whatever_its_name(tmp_path: Path):
    path = tmp_path / "anything.bin"
    path.write_bytes(b"content")
    entry = msgspec.structs.replace(encoder_entry("sface"), sha256=content_sha256(path))

    assert recognise(path, (encoder_entry("dlib-resnet"), entry)) == entry


@pytest.mark.parametrize(
    ("layers", "name"),
    [
        (("conv1_1", "conv5_3"), "vggface-vgg16"),
        (("conv1_1", "conv5_3", "fc6", "fc8"), "vggface-vgg16"),
        (("conv2_1_1x1_increase", "conv5_3_1x1_increase"), "vggface2-resnet50"),
        (("conv2_1_1x1_increase", "conv2_1_1x1_up", "conv5_3_1x1_increase"), "vggface2-senet50"),
        (("Block35_1_Branch_0_Conv2d_1x1", "Block8_6_Branch_0_Conv2d_1x1"), "facenet-128"),
    ],
)
def test_a_file_of_keras_is_known_by_its_layers(tmp_path: Path, layers: tuple[str, ...], name: str):
    assert recognise(write_layers(tmp_path / "w.h5", *layers), shipped_entries()).name == name


def test_a_file_of_which_two_networks_can_be_made_is_asked_about(tmp_path: Path):
    for name in TUTORIAL_FILES:
        (tmp_path / name).write_text("0\n")

    with pytest.raises(InputError, match=r"--as nn4-small2 .* or --as nn4-small2-tutorial"):
        recognise(tmp_path, shipped_entries())


@pytest.mark.parametrize("content", [b"", b"some text", b"\x89HDF\r\n\x1a\n and then nothing"])
def test_what_says_nothing_is_asked_about(tmp_path: Path, content: bytes):
    path = tmp_path / "w.h5"
    path.write_bytes(content)

    with pytest.raises(InputError, match=r"w\.h5 does not say which encoder it is for.*--as ENCODER"):
        recognise(path, shipped_entries())


def test_layers_of_another_network_are_asked_about(tmp_path: Path):
    with pytest.raises(InputError, match="does not say"):
        recognise(write_layers(tmp_path / "w.h5", "block1_conv1", "predictions"), shipped_entries())


def test_nothing_there_is_named(tmp_path: Path):
    with pytest.raises(NotFound, match="there is no file or folder"):
        recognise(tmp_path / "none.h5", shipped_entries())
