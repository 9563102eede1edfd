"""The options of a run: complete, and the same again from their text."""

from __future__ import annotations

import pytest

from pipeline.encoders.manifest import encoder_entries, encoder_entry
from pipeline.errors import NotFound, SettingsError
from pipeline.options import AnalysisOptions, EncodingOptions, IdentityOptions, TrackingOptions

ENCODERS = [entry.name for entry in encoder_entries()]


@pytest.mark.parametrize("encoder", ENCODERS)
def test_tracking_takes_the_limits_of_the_encoder(encoder: str) -> None:
    tracking, shipped = (
        AnalysisOptions(encoding=EncodingOptions(encoder=encoder)).tracking,
        encoder_entry(encoder).tracking,
    )

    assert (tracking.agree_cosine, tracking.contradict_cosine) == (shipped.agree_cosine, shipped.contradict_cosine)


def test_limits_that_are_set_stay() -> None:
    tracking = AnalysisOptions(tracking=TrackingOptions(agree_cosine=0.7)).tracking

    assert tracking.agree_cosine == 0.7
    assert tracking.contradict_cosine is not None


@pytest.mark.parametrize("encoder", ENCODERS)
def test_options_come_back_from_their_text(encoder: str) -> None:
    options = AnalysisOptions(encoding=EncodingOptions(encoder=encoder))

    assert AnalysisOptions.from_json(options.to_json()) == options


def test_unknown_encoder_is_refused_and_the_known_ones_listed() -> None:
    with pytest.raises(NotFound, match="sface"):
        AnalysisOptions(encoding=EncodingOptions(encoder="guess"))


@pytest.mark.parametrize(("agree", "contradict"), [(1.5, None), (0.3, 0.4), (None, -2.0)])
def test_limits_out_of_range_are_named(agree: float | None, contradict: float | None) -> None:
    with pytest.raises(SettingsError, match="_cosine is"):
        TrackingOptions(agree_cosine=agree, contradict_cosine=contradict)


@pytest.mark.parametrize(("setting", "known"), [("method", "mean, knn, linear-svm"), ("index", "auto, exact, flat")])
def test_unknown_way_to_identify_lists_the_known_ones(setting: str, known: str) -> None:
    with pytest.raises(SettingsError, match=f"identity.{setting} is 'best'; it must be one of {known}"):
        IdentityOptions(**{setting: "best"})
