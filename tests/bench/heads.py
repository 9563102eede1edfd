"""Who is the candidate, by each method, on photographs at full size and shrunk; people are enrolled by three each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.encoders.registry import load_encoder
from pipeline.identity.decision import DecisionPolicy, decide, policy_for
from pipeline.identity.matchers.choice import matcher_for
from pipeline.identity.matchers.matching import Gallery, Matcher
from pipeline.options import IdentityOptions
from pipeline.schemas import VectorF32
from pipeline.sightings.rows import Status
from tests.bench.measurement import Measurement
from tests.bench.settings import BenchSettings
from tests.bench.thresholds import find_open_data, find_portraits
from tests.bench.thresholds_probes import N_REFERENCES, SIZES_PX, Faces, see

METHODS = {
    "mean": IdentityOptions(method="mean"),
    "knn, k 1": IdentityOptions(method="knn", k=1),
    "knn, k 3": IdentityOptions(method="knn", k=3),
    "linear-svm": IdentityOptions(method="linear-svm"),
}


@dataclass(frozen=True, slots=True)
class Probed:
    """Photographs of one size that were identified."""

    n_right: int
    """The candidate is the right person, whatever the score."""
    n_named: int
    """It is, and gets the name."""
    n_misnamed: int
    n_probes: int


def measure(settings: BenchSettings) -> Iterator[Measurement]:
    """Nothing without the open test data."""
    open_data = find_open_data()
    if open_data is None:
        return
    portraits = find_portraits(open_data)
    for entry in settings.chosen_encoders:
        faces = see(load_encoder(entry.name, settings.weights), portraits)
        policy = policy_for(entry, IdentityOptions())
        for method, options in METHODS.items():
            yield _measured(f"{entry.name}, {method}", _Trial(entry.name, faces, policy, options, settings.folder))


@dataclass(frozen=True, slots=True, eq=False)
class _Trial:
    """One method with one encoder."""

    encoder: str
    faces: Faces
    policy: DecisionPolicy
    options: IdentityOptions
    folder: Path

    def places(self) -> dict[str, list[int]]:
        people = self.faces.people
        return {person: [i for i, other in enumerate(people) if other == person] for person in dict.fromkeys(people)}

    def enrolled(self) -> dict[str, list[int]]:
        return {name: own[:N_REFERENCES] for name, own in self.places().items() if len(own) > N_REFERENCES}

    def matcher(self, left_out: str | None = None) -> Matcher:
        enrolled = {name: own for name, own in self.enrolled().items() if name != left_out}
        references = self.faces.vectors[SIZES_PX[0]][[place for own in enrolled.values() for place in own]]
        owners = np.repeat(np.arange(len(enrolled)), N_REFERENCES)
        gallery = Gallery(1, self.encoder, tuple(enrolled), tuple(enrolled), references, owners)
        return matcher_for(gallery, self.options, self.folder / "index")


def _measured(what: str, trial: _Trial) -> Measurement:
    matcher, places = trial.matcher(), trial.places()
    probes = [(name, place) for name in trial.enrolled() for place in places[name][N_REFERENCES:]]
    by_size = {size: _probe(matcher, vectors, probes, trial.policy) for size, vectors in trial.faces.vectors.items()}
    words = "; ".join(
        f"{size or 'full'}: {one.n_right} right, {one.n_named} named, {one.n_misnamed} misnamed"
        for size, one in by_size.items()
    )
    n_strangers, n_named = _strangers(trial, matcher)
    return Measurement(
        what=f"candidates by {what}",
        figure=sum(one.n_right for one in by_size.values()) / sum(one.n_probes for one in by_size.values()),
        unit="right",
        detail=f"{len(probes)} probes a size, pixels: {words}; strangers named: {n_named} of {n_strangers}",
    )


def _probe(matcher: Matcher, vectors: VectorF32, probes: Sequence[tuple[str, int]], policy: DecisionPolicy) -> Probed:
    matches = matcher.match(vectors[[place for _, place in probes]])
    right = np.array(
        [match is not None and match.person_id == name for match, (name, _) in zip(matches, probes, strict=True)]
    )
    known = np.array([decide(match, policy.min_faces, policy) is Status.KNOWN for match in matches])
    return Probed(int(right.sum()), int((right & known).sum()), int((~right & known).sum()), len(probes))


def _strangers(trial: _Trial, matcher: Matcher) -> tuple[int, int]:
    """How many photographs of people who are not enrolled there are, and how many get a name; each is left out once."""
    enrolled, n_probes, n_named = trial.enrolled(), 0, 0
    for name, own in trial.places().items():
        searched = trial.matcher(name) if name in enrolled else matcher
        for vectors in trial.faces.vectors.values():
            found = _probe(searched, vectors, [(name, place) for place in own], trial.policy)
            n_probes, n_named = n_probes + found.n_probes, n_named + found.n_misnamed
    return n_probes, n_named
