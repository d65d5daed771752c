"""The log's head as a picture for paper."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from viewer.render.head_picture import head_png
from virtopsy.report.head import LogHead


def test_the_picture_has_a_code_for_a_machine_and_digits_for_the_eye() -> None:
    heads = [
        LogHead(archive="u", size=7, root=root * 64, key_fingerprint="b" * 64, single_keeper=False)
        for root in "ac"
    ]
    pictures = [np.asarray(Image.open(io.BytesIO(head_png(one)))) for one in heads]
    assert pictures[0].shape == pictures[1].shape
    height = pictures[0].shape[0]
    differ = np.nonzero((pictures[0] != pictures[1]).any(axis=1))[0]
    assert differ.min() < height // 2 < differ.max()  # in the code, and in the digits below
    assert {0, 255} <= set(np.unique(pictures[0]))
