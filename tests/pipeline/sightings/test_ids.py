"""Run ids follow the source and the options that decide what is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.options import AnalysisOptions, EncodingOptions, IdentityOptions, SamplingOptions
from pipeline.sightings.ids import run_id_for

DEFAULTS = AnalysisOptions()


def test_same_source_and_options_are_the_same_run() -> None:
    assert run_id_for("f_1", DEFAULTS) == run_id_for("f_1", AnalysisOptions())
    assert run_id_for("f_1", DEFAULTS).startswith("r_")


@pytest.mark.parametrize(
    "changed", [{"sampling": SamplingOptions(fps=2)}, {"encoding": EncodingOptions(encoder="dlib-resnet")}]
)
def test_other_options_are_another_run(changed: dict[str, object]) -> None:
    assert run_id_for("f_1", replace(DEFAULTS, **changed)) != run_id_for("f_1", DEFAULTS)


def test_identity_options_only_name_the_same_run_anew() -> None:
    stricter = replace(DEFAULTS, identity=IdentityOptions(min_faces=9))

    assert run_id_for("f_1", stricter) == run_id_for("f_1", DEFAULTS)
    assert run_id_for("f_2", stricter) != run_id_for("f_1", DEFAULTS)
