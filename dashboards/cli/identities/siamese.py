"""Judging a pair of faces by the Siamese verifier that was trained for the encoder."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.identity.verdicts import Method

if TYPE_CHECKING:
    from dashboards.cli.session import Session
    from pipeline.identity.verdicts import Verification
    from pipeline.schemas import VectorF32
    from pipeline.training.siamese.files import StoredSiamese


MethodFlag = Annotated[
    Method,
    typer.Option("--method", help="cosine, or the verifier that `facetrail train siamese` made for the encoder."),
]


def verifier_for(session: Session, method: Method, encoder: str) -> StoredSiamese | None:
    """The verifier of the encoder, None for the cosine.

    Raises `NotFound`, with what to type, when none was trained for this encoder as it is now.
    """
    if method is Method.COSINE:
        return None
    from pipeline.encoders.manifest import encoder_entry
    from pipeline.training.classifier.files import classifiers_dir
    from pipeline.training.siamese.files import load_siamese

    return load_siamese(classifiers_dir(session.data_dir), encoder_entry(encoder, session.weights_dir))


def by_verifier(
    found: Verification, verifier: StoredSiamese | None, probe: VectorF32, references: VectorF32
) -> Verification:
    """The verifier's verdict on a face `(D,)` and a person's `(R, D)`, of unit length: the mean of its answers.

    Without a verifier, what was found by the cosine.
    """
    if verifier is None:
        return found
    import numpy as np

    answers = verifier.head.probabilities(np.repeat(probe[None], len(references), axis=0), references)
    probability = float(answers.mean())
    is_same, may_be = probability >= verifier.same_from, probability >= verifier.uncertain_from
    return replace(
        found,
        method=Method.SIAMESE,
        is_same=is_same,
        verdict="same" if is_same else "uncertain" if may_be else "different",
        probability=probability,
        probability_threshold=verifier.same_from,
        threshold_source=verifier.record.source,
    )
