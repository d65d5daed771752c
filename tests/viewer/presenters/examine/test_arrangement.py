"""Every layout fills the room with its views, each of them once."""

from __future__ import annotations

import pytest

from viewer.presenters.examine.arrangement import FOUR, LARGE_SHARE, places, stretches
from viewer.presenters.examine.views import LAYOUTS, PLANES

_SHOWN = {
    "all": set(FOUR),
    "one_three": set(FOUR),
    "row": set(PLANES),
    "path": {"along", "across", "axial"},
    **{one: {one} for one in FOUR},
}


@pytest.mark.parametrize("large", FOUR)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_fills_every_cell_of_its_grid_with_one_view(layout: str, large: str) -> None:
    rows, columns = stretches(layout)
    placed = places(layout, large)
    taken = [
        (place.row + down, place.column + across)
        for place in placed.values()
        for down in range(place.rows)
        for across in range(place.columns)
    ]
    cells = {(row, column) for row in range(len(rows)) for column in range(len(columns))}
    assert len(taken) == len(set(taken)), "no view lies on another"
    assert set(taken) == cells
    assert all(share > 0 for share in (*rows, *columns))


@pytest.mark.parametrize("large", FOUR)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_shows_the_views_it_names_and_no_other(layout: str, large: str) -> None:
    assert set(places(layout, large)) == _SHOWN[layout]


@pytest.mark.parametrize("large", FOUR)
def test_beside_three_the_large_view_has_all_the_height_and_most_of_the_width(large: str) -> None:
    rows, columns = stretches("one_three")
    place = places("one_three", large)[large]
    assert place.rows == len(rows) == 3
    assert columns[place.column] == LARGE_SHARE > sum(columns) / 2


def test_three_slices_stand_side_by_side_equally_wide() -> None:
    placed = places("row", "axial")
    assert [(placed[plane].row, placed[plane].column) for plane in PLANES] == [
        (0, 0),
        (0, 1),
        (0, 2),
    ]
    assert len(set(stretches("row")[1])) == 1
