"""The photographs of the sample, and the Python packages that carry them.

All may be shown to anybody: works of the US government (White House, NASA) and CC0 pictures of scikit-image.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.fetching.carriers import CarriedFile, fetch_carried


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture(CarriedFile):
    """A photograph, the package it comes with and what its bytes must be."""

    def fetch(self, cache_dir: Path) -> Path:
        """The picture's file in `cache_dir`, downloaded once; raises `WeightsError` when it cannot be had."""
        return fetch_carried(self, cache_dir, companions=PICTURES)


def _white_house(name: str, sha256: str) -> Picture:
    member = f"tests/test_images/{name}"
    return Picture(package="face_recognition", version="1.3.0", member=member, sha256=sha256, sdist=True)


def _scikit_image(name: str, sha256: str) -> Picture:
    member = f"skimage/data/{name}"
    return Picture(package="scikit-image", version="0.26.0", member=member, sha256=sha256, sdist=False)


OBAMA_PORTRAIT = _white_house("obama.jpg", "0930e3aa8cae5920329c0c8cbc6a2ab70f47b0e67b432875beaa95cbf7e741f6")
OBAMA_SPEAKING = _white_house("obama2.jpg", "a7efcc907375274796f39646510704aa86672d59f6d5469d69af3c85590976a6")
OBAMA_STANDING = _white_house("obama3.jpg", "76ac6bf97c36dc2da0ad16a537d6a5ac1b10f48d49aac29a0cca9a17cdbc3ca3")
BIDEN_STANDING = _white_house("biden.jpg", "3c17508bb91554c637a2eabddfae790e5bb1caba93130814fc2ac50be9760c4c")
ASTRONAUT = _scikit_image("astronaut.png", "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5")
COFFEE = _scikit_image("coffee.png", "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7")
ROCKET = _scikit_image("rocket.jpg", "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c")

PICTURES = (OBAMA_PORTRAIT, OBAMA_SPEAKING, OBAMA_STANDING, BIDEN_STANDING, ASTRONAUT, COFFEE, ROCKET)
"""All of them: those in one archive are fetched together."""

GALLERY = {"Barack Obama": OBAMA_PORTRAIT, "Joe Biden": BIDEN_STANDING}
"""Who is enrolled. The clip shows other photographs of the first, and the second not at all: nobody may be called so.

The enrolled picture of Biden and `OBAMA_STANDING` are parts of one photograph, and have no pixel in common.
"""
