"""The options of every step with their defaults: together the one default configuration."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from enum import StrEnum

import msgspec

from pipeline.encoders.execution import Precision
from pipeline.encoders.manifest import TrackingEntry, encoder_entry
from pipeline.errors import SettingsError
from pipeline.faces.detectors.manifest import detector_entry


def check_range(name: str, value: float, low: float, high: float) -> None:
    """Raise `SettingsError` unless low <= value <= high."""
    if not low <= value <= high:
        raise SettingsError(f"{name} is {value}; it must lie between {low} and {high}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingOptions:
    """Which frames of a source are looked at."""

    fps: float | None = 5.0
    """Samples a second on the media clock; None takes every frame."""
    keyframes_only: bool = False
    """Decode keyframes only: coarse, and cheap on long footage."""
    gate: bool = True
    """Skip detection on samples in which nothing moved."""
    largest_side: int = 1920
    """Pictures with a longer side are shrunk to it while decoding, in pixels."""
    rotation: int | None = None
    """Degrees counter-clockwise (0, 90, 180, 270) that make the footage upright, beyond what its own metadata says;
    None finds out when the footage is registered, and the run keeps what was found."""

    def __post_init__(self) -> None:
        if self.rotation not in {None, 0, 90, 180, 270}:
            raise SettingsError(f"sampling.rotation is {self.rotation}; it may be 0, 90, 180, 270, or left out")
        if self.fps is not None:
            check_range("sampling.fps", self.fps, 0.01, 240)
        check_range("sampling.largest_side", self.largest_side, 64, 8192)


class Tilt(StrEnum):
    """How far from upright faces may be turned in the picture."""

    UPRIGHT = "upright"  # as far as the detector sees them: up to some 60 degrees
    ANY = "any"  # every way, at three to eight times the cost


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectionOptions:
    """How faces are found."""

    detector: str = "mtcnn"
    """The detector's name in the manifest."""
    min_face_size: int | None = None
    """Smallest face in pixels; None means max(20, height / 18)."""
    thresholds: tuple[float, float, float] = (0.75, 0.7, 0.92)
    """MTCNN: minimum scores of P-Net, R-Net and O-Net. The stock ones are 0.6, 0.7, 0.8. On the open videos what O-Net
    scores 0.80 to 0.92 is every second time no face (backs of heads, crockery), and what it scores higher P-Net never
    scored under 0.8; so a third of the candidates and all false faces of the negative video go, and no clear face."""
    chunk_saving: bool = True
    """MTCNN: inside a chunk, search the whole picture on some frames and follow the faces on the others."""
    yunet_threshold: float = 0.87
    """Least confidence of YuNet, 0..1. On the labelled photographs no face scores under 0.9; on the open videos what
    scores less than 0.87 is often no face (a handbag, hands), and what scores more nearly always one."""
    tilt: Tilt = Tilt.UPRIGHT
    """How far from upright faces may be turned in the picture."""
    confirm: bool = False
    """MTCNN: leave out faces that YuNet does not see, too, looking closely: most of its false ones."""
    min_plausibility: float = 0.3
    """Faces whose landmarks do not lie as in a face are none; 0 keeps all, 1 only those like 98 of 100 real faces. Of
    some 1000 real faces the least plausible one has 0.41."""

    def __post_init__(self) -> None:
        detector_entry(self.detector)
        check_range("detection.yunet_threshold", self.yunet_threshold, 0.1, 1)
        check_range("detection.min_plausibility", self.min_plausibility, 0, 1)
        if self.min_face_size is not None:
            check_range("detection.min_face_size", self.min_face_size, 12, 4096)
        for threshold in self.thresholds:
            check_range("detection.thresholds", threshold, 0, 1)

    def min_face_size_for(self, height: int) -> int:
        """The smallest face looked for in a picture of `height` pixels, in pixels."""
        return self.min_face_size or max(20, round(height / 18))


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodingOptions:
    """Which faces are encoded, and by what."""

    encoder: str = "sface"
    min_quality: float = 0.05
    """Faces below this overall quality count as seen, but are not encoded."""
    best_faces: int = 3
    """Of a face followed through a chunk so many of its best samples are encoded."""
    precision: Precision = Precision.FLOAT32
    """Numbers that the encoder's convolutions compute with; mixed is quicker, and moves scores by up to 0.02."""

    def __post_init__(self) -> None:
        check_range("encoding.min_quality", self.min_quality, 0, 1)
        check_range("encoding.best_faces", self.best_faces, 1, 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingOptions:
    """When faces of neighbouring samples are the same track."""

    max_gap_s: float = 1.0
    """A track ends when its face stays unseen for longer than this, in media seconds."""
    max_track_s: float = 300.0
    """A longer track is cut and goes on as a new one; sightings join them."""
    min_iou: float = 0.3
    """Overlap of two boxes (intersection over union) from which the boxes alone make them one track."""
    max_shift: float = 2.0
    """Distance of two box centres, in face sizes, up to which an agreeing embedding makes them one track."""
    max_resize: float = 2.0
    """Ratio of two face sizes up to which they may be one track."""
    agree_cosine: float | None = None
    """Similarity to a track's template from which an embedding agrees with it; None takes the encoder's."""
    contradict_cosine: float | None = None
    """Similarity below which an embedding breaks the track, however well boxes overlap; None takes the encoder's."""

    good_quality: float | None = None
    """Overall quality from which a face counts as good enough to know somebody by; None: `encoding.min_quality`."""

    def __post_init__(self) -> None:
        check_range("tracking.max_gap_s", self.max_gap_s, 0, 60)
        check_range("tracking.max_track_s", self.max_track_s, 1, 3600)
        check_range("tracking.min_iou", self.min_iou, 0.01, 1)
        check_range("tracking.max_shift", self.max_shift, 0, 20)
        check_range("tracking.max_resize", self.max_resize, 1, 20)
        highest = 1.0 if self.agree_cosine is None else self.agree_cosine
        check_range("tracking.agree_cosine", highest, -1, 1)
        if self.contradict_cosine is not None:
            check_range("tracking.contradict_cosine", self.contradict_cosine, -1, highest)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to the encoder."""
        return None not in (self.good_quality, self.agree_cosine, self.contradict_cosine)

    def completed(self, shipped: TrackingEntry, min_quality: float) -> TrackingOptions:
        """These options, with what belongs to the encoder and to encoding where nothing is set."""
        return replace(
            self,
            good_quality=min_quality if self.good_quality is None else self.good_quality,
            agree_cosine=shipped.agree_cosine if self.agree_cosine is None else self.agree_cosine,
            contradict_cosine=shipped.contradict_cosine if self.contradict_cosine is None else self.contradict_cosine,
        )


METHODS = ("mean", "knn", "linear-svm")
"""How a person is chosen among those enrolled."""
INDEXES = ("auto", "exact", "flat", "hnsw")
"""How everybody enrolled is searched."""


def check_choice(name: str, value: str, known: tuple[str, ...]) -> None:
    """Raise `SettingsError`, listing the known values, unless `value` is one of them."""
    if value not in known:
        raise SettingsError(f"{name} is {value!r}; it must be one of {', '.join(known)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityOptions:
    """When a track is somebody."""

    threshold: float | None = None
    """Cosine similarity from which a track may be known; None takes the encoder's calibration."""
    margin: float | None = None
    """Least lead over the second person; None takes the encoder's calibration."""
    min_faces: int = 2
    """Least number of useful faces for a name."""
    method: str = "mean"
    """Who is the candidate: `mean`, the person with the nearest mean reference; `knn`, whom most of the nearest
    references show; `linear-svm`, the best of one linear classifier a person (extra `heads`). The thresholds apply to
    each alike."""
    k: int = 3
    """References that `knn` asks."""
    index: str = "auto"
    """How everybody enrolled is searched: `exact`; `flat` and `hnsw` of FAISS (extra `faiss`); `auto` takes what
    measures best, which is `exact` up to the million people that were measured."""
    absence_timeout_s: float = 2.0
    """A sighting ends when its person stays unseen for longer than this, in seconds."""

    def __post_init__(self) -> None:
        if self.threshold is not None:
            check_range("identity.threshold", self.threshold, -1, 1)
        if self.margin is not None:
            check_range("identity.margin", self.margin, 0, 2)
        check_range("identity.min_faces", self.min_faces, 1, 100)
        check_choice("identity.method", self.method, METHODS)
        check_range("identity.k", self.k, 1, 1000)
        check_choice("identity.index", self.index, INDEXES)
        check_range("identity.absence_timeout_s", self.absence_timeout_s, 0, 3600)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisOptions:
    """Everything that decides what a run finds.

    Tracking is completed by the limits of the encoder that ships under that name; for an encoder of a data folder's own
    it must be complete already, as `Settings.options` makes it.
    """

    sampling: SamplingOptions = field(default_factory=SamplingOptions)
    detection: DetectionOptions = field(default_factory=DetectionOptions)
    encoding: EncodingOptions = field(default_factory=EncodingOptions)
    tracking: TrackingOptions = field(default_factory=TrackingOptions)
    identity: IdentityOptions = field(default_factory=IdentityOptions)

    def __post_init__(self) -> None:
        if not self.tracking.is_complete:
            shipped = encoder_entry(self.encoding.encoder).tracking
            object.__setattr__(self, "tracking", self.tracking.completed(shipped, self.encoding.min_quality))

    def to_json(self) -> str:
        """The options as JSON; equal options give equal text."""
        return msgspec.json.encode(self, order="sorted").decode()

    @classmethod
    def from_json(cls, text: str) -> AnalysisOptions:
        """The options of `to_json`; raises `SettingsError` for anything else."""
        try:
            return msgspec.json.decode(text, type=cls)
        except msgspec.DecodeError as error:
            raise SettingsError(f"these are no analysis options: {error}") from error

    def digest(self) -> str:
        """The first 12 hex digits of the sha256 of all options; equal options, equal digest."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:12]
