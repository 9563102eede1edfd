"""The settings name the matcher."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.control.database import open_control
from pipeline.errors import SettingsError
from pipeline.identity.matchers.choice import check_identity, matcher_for
from pipeline.identity.matchers.faiss_index import FaissMatcher
from pipeline.identity.matchers.heads import HeadMatcher
from pipeline.identity.matchers.matching import MeanMatcher
from pipeline.options import IdentityOptions
from tests.builders import make_gallery, make_vector


@pytest.mark.parametrize("method", ["mean", "knn", "linear-svm"])
@pytest.mark.parametrize("index", ["auto", "exact", "flat", "hnsw"])
def test_every_method_works_with_every_index(tmp_path: Path, method: str, index: str) -> None:
    options = IdentityOptions(method=method, index=index, k=1)

    (match,) = matcher_for(make_gallery("Ada", "Bob"), options, tmp_path).match(make_vector(1, cosine=0.9)[None])

    assert (match.person_id, match.second_person_id) == ("p_bob", "p_ada")
    assert match.score == pytest.approx(0.9, abs=1e-5)


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        (IdentityOptions(), MeanMatcher),
        (IdentityOptions(method="knn"), HeadMatcher),
        (IdentityOptions(index="flat"), FaissMatcher),
    ],
)
def test_defaults_search_exactly_by_the_means(tmp_path: Path, options: IdentityOptions, kind: type) -> None:
    assert isinstance(matcher_for(make_gallery("Ada"), options, tmp_path), kind)


@pytest.mark.parametrize(
    ("library", "options", "advice"),
    [
        ("sklearn", IdentityOptions(method="linear-svm"), r"pip install 'facetrail\[heads\]'"),
        ("faiss", IdentityOptions(index="hnsw"), r"pip install 'facetrail\[faiss\]'"),
    ],
)
def test_missing_extra_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, library: str, options: IdentityOptions, advice: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)

    with pytest.raises(SettingsError, match=advice):
        matcher_for(make_gallery("Ada", "Bob"), options, tmp_path)
    with closing(open_control(tmp_path)) as control, pytest.raises(SettingsError, match=advice):
        check_identity(control, "sface", options)


@pytest.mark.parametrize("method", ["mean", "knn", "linear-svm"])
def test_settings_that_work_pass(tmp_path: Path, method: str) -> None:
    with closing(open_control(tmp_path)) as control:
        check_identity(control, "sface", IdentityOptions(method=method))
