"""A landmark is one of the list, and its scatter is the sum of what is known about it."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom.sr.codedict import codes

from virtopsy.errors import InputError
from virtopsy.geometry.frame import Frame
from virtopsy.geometry.landmark import (
    MarkedLandmark,
    Scatter,
    Side,
    landmark_terms,
    marked,
    matrix,
)
from virtopsy.language import Language

_EYE = matrix(np.eye(3))


def test_every_landmark_has_its_names_and_its_place_in_three_languages() -> None:
    terms = landmark_terms()

    assert len(terms) > 30
    for term in terms.values():
        assert set(term.names) == set(term.where) == set(Language)
        assert all(text.strip() for text in (*term.names.values(), *term.where.values()))
        assert term.latin
        assert set(term.frames) <= {"head", "trunk"}
    for language in Language:
        assert len({term.names[language] for term in terms.values()}) == len(terms)


def test_a_left_has_its_right_with_the_same_scatter() -> None:
    terms = landmark_terms()
    lefts = [term for term in terms.values() if term.side is Side.LEFT]

    assert lefts
    for left in lefts:
        right = terms[left.code.removesuffix("_left") + "_right"]
        assert (right.side, right.sd_mm, right.frames) == (Side.RIGHT, left.sd_mm, left.frames)


def test_the_levels_of_the_spine_run_from_the_first_thoracic_to_the_fifth_lumbar() -> None:
    levels = [term.level for term in landmark_terms().values() if term.level is not None]

    assert levels == list(range(1, 18))


def test_a_snomed_code_is_one_that_dicom_itself_lists() -> None:
    known = {getattr(codes.SCT, name).value for name in codes.SCT.dir()}
    sites = {term.site for term in landmark_terms().values() if term.site is not None}

    assert sites
    assert sites <= known


def test_only_porion_and_orbitale_claim_published_observers() -> None:
    published = {
        term.code for term in landmark_terms().values() if term.sd_basis is Scatter.OBSERVERS
    }

    assert published == {"porion_left", "porion_right", "orbitale_left", "orbitale_right"}


def test_one_click_scatters_as_observers_do() -> None:
    mark = marked("nasion", [(1.0, 2.0, 3.0)])

    assert mark.lps_mm == (1.0, 2.0, 3.0)
    assert mark.sd_mm == pytest.approx((1.0, 1.0, 1.0))
    assert mark.scatter == (Scatter.ASSUMED,)


def test_the_spacing_adds_its_uniform_share_along_its_own_axes() -> None:
    turn = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    grid = Frame.of((9, 9, 9), origin_mm=(0, 0, 0), spacing_mm=(0.5, 1.0, 6.0), directions=turn)

    mark = marked("nasion", [(1.0, 2.0, 3.0)], grid, observer_sd_mm=0.5)

    expected = np.sqrt(0.25 + np.array([1.0, 0.25, 36.0]) / 12)
    assert mark.sd_mm == pytest.approx(tuple(expected))
    assert mark.scatter == (Scatter.ENTERED, Scatter.SPACING)


def test_repeated_clicks_are_their_mean_with_their_covariance_over_their_number() -> None:
    clicks = [(0.0, 0.0, 0.0), (2.0, 0.0, 1.0), (1.0, 3.0, 2.0), (1.0, 1.0, 1.0)]

    mark = marked("nasion", clicks, observer_sd_mm=0.1)

    assert mark.lps_mm == pytest.approx((1.0, 1.0, 1.0))
    expected = 0.01 * np.eye(3) + np.cov(np.array(clicks).T) / 4
    np.testing.assert_allclose(mark.covariance, expected)
    assert mark.scatter[-1] is Scatter.REPEATS


@pytest.mark.parametrize(
    ("code", "clicks", "sd", "said"),
    [
        ("pogonion", [(0.0, 0.0, 0.0)], None, "no landmark with the code"),
        ("nasion", [], None, "mark it again"),
        ("nasion", [(float("nan"), 0.0, 0.0)], None, "mark it again"),
        ("nasion", [(0.0, 0.0, 2e4)], None, "mark it again"),
        ("nasion", [(0.0, 0.0, 0.0)], 0.0, "scatter"),
        ("nasion", [(0.0, 0.0, 0.0)], -1.0, "scatter"),
        ("nasion", [(0.0, 0.0, 0.0)], float("nan"), "scatter"),
        ("nasion", [(0.0, 0.0, 0.0)], 500.0, "scatter"),
    ],
)
def test_what_is_no_mark_is_refused(
    code: str, clicks: list[tuple[float, float, float]], sd: float | None, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        marked(code, clicks, observer_sd_mm=sd)


@pytest.mark.parametrize(
    "values",
    [
        [[1.0, 0.5, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],  # not symmetric
        [[1.0, 2.0, 0.0], [2.0, 1.0, 0.0], [0.0, 0.0, 1.0]],  # a negative variance
        [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]],  # a mark without error
        [[np.inf, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    ],
)
def test_what_is_no_covariance_is_refused(values: list[list[float]]) -> None:
    with pytest.raises(InputError, match="scatter"):
        MarkedLandmark("nasion", (0.0, 0.0, 0.0), matrix(values), (Scatter.ENTERED,))


def test_the_error_names_the_landmark_in_latin_in_every_language() -> None:
    with pytest.raises(InputError) as caught:
        MarkedLandmark("porion_left", (np.inf, 0.0, 0.0), _EYE, (Scatter.ENTERED,))

    for language in Language:
        assert "porion sinistrum" in caught.value.sentence(language)
