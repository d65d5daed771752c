"""Where a witness's own machine is joined from its parts; knows no archive and no database."""

from __future__ import annotations

from pathlib import Path

from archive.ports import Clock
from archive.proof.signing import Cost
from archive.services.witness_station import Station
from archive.storage.files import Files
from archive.storage.stick import Stick
from archive.storage.witness_home import WitnessHome
from archive.within import refuse_within

_COST = Cost()


def station(home: Path, *, clock: Clock, cost: Cost | None = None) -> Station:
    """Return the witness whose key and memory lie in `home`.

    Raises:
        InputError: that lies in an archive.
    """
    refuse_within(home / "logs")
    return Station(WitnessHome(home.absolute(), Files()), clock, cost or _COST)


def stick(place: Path) -> Stick:
    """Return what lies on a stick.

    Raises:
        InputError: there is no such folder, or it lies in an archive.
    """
    return Stick(place.absolute(), Files())
