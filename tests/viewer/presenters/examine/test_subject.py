"""The state of the person examined follows the case, and marks no other person's scan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from viewer.presenters.examine.subject import SUBJECTS, SubjectState
from viewer.presenters.examine.views import Views
from viewer.presenters.session import Session
from virtopsy.case.case import Case
from virtopsy.case.subject import Subject
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.volume import Volume
from virtopsy.language import Language


def made() -> tuple[Session, Views, SubjectState]:
    session, views = Session(), Views()
    voxels = np.zeros((4, 5, 6), np.int16)
    views.show(Volume(voxels, Frame.of(voxels.shape, origin_mm=(0, 0, 0), spacing_mm=(1, 1, 1))))
    return session, views, SubjectState(session, views)


def test_it_begins_unknown_and_is_an_act_of_the_case() -> None:
    session, _, subject = made()
    assert SUBJECTS[0] == subject.stated.now == "unknown"
    assert subject.mark(Language.EN) == ""
    subject.state("unknown")
    assert session.undo_label is None
    subject.state("deceased")
    subject.state("deceased")
    assert session.case.subject is Subject.DECEASED
    assert subject.stated.now == "deceased"
    session.undo()
    assert subject.stated.now == "unknown"
    assert session.undo_label is None


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.EN, "Post-mortem examination"),
        (Language.RU, "Посмертное исследование"),
        (Language.KK, "Өлгеннен кейінгі зерттеу"),
    ],
)
def test_the_mark_says_it_in_every_language(language: Language, words: str) -> None:
    _, _, subject = made()
    subject.state("deceased")
    assert subject.mark(language) == words


def test_another_case_says_its_own() -> None:
    session, _, subject = made()
    subject.state("deceased")
    session.open(Case("8", subject=Subject.LIVING), None)
    assert subject.stated.now == "living"
    session.open(Case(), None)
    assert subject.mark(Language.EN) == ""


def test_a_scan_that_arrives_is_not_marked_with_what_was_said_of_the_one_before() -> None:
    _, views, subject = made()
    subject.state("deceased")
    volume = views.volume.now
    assert volume is not None
    views.show_arriving(replace(volume, arrived=np.zeros(4, np.bool_)))
    assert subject.mark(Language.EN) == ""
    views.give_up_arriving()
    assert subject.mark(Language.EN)
