"""London as it is: the real boroughs and wards, and a few postcodes."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from snb.places.importers.wards import import_places

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
"""Real files beside the checkout, for the importers; they are no part of the repository."""

NSPL = [
    "pcd7",
    "pcd8",
    "pcds",
    "dointr",
    "doterm",
    "usrtypind",
    "east1m",
    "north1m",
    "gridind",
    "oa21cd",
    "cty25cd",
    "ced25cd",
    "lad25cd",
    "wd25cd",
    "nhser24cd",
    "ctry25cd",
    "rgn25cd",
    "pcon24cd",
    "ttwa15cd",
    "itl25cd",
    "npark16cd",
    "lsoa21cd",
    "msoa21cd",
    "wz11cd",
    "sicbl24cd",
    "bua24cd",
    "ruc21ind",
    "oac11ind",
    "lat",
    "long",
    "lep21cd1",
    "lep21cd2",
    "pfa23cd",
    "imd20ind",
    "icb23cd",
]
ONSPD = [
    "pcd",
    "pcd2",
    "pcds",
    "dointr",
    "doterm",
    "oscty",
    "ced",
    "oslaua",
    "osward",
    "parish",
    "usertype",
    "oseast1m",
    "osnrth1m",
    "osgrdind",
    "oshlthau",
    "nhser",
    "ctry",
    "rgn",
    "streg",
    "pcon",
    "eer",
    "teclec",
    "ttwa",
    "pct",
    "itl",
    "statsward",
    "oa01",
    "casward",
    "park",
    "lsoa01",
    "msoa01",
    "ur01ind",
    "oac01",
    "oa11",
    "lsoa11",
    "msoa11",
    "wz11",
    "sicbl",
    "bua11",
    "buasd11",
    "ru11ind",
    "oac11",
    "lat",
    "long",
    "lep1",
    "lep2",
    "pfa",
    "imd",
    "calncv",
    "icb",
    "oa21",
    "lsoa21",
    "msoa21",
]
OLD_NSPL = (  # one string: easier to hold beside ONS's own header
    [
        "pcd",
        "pcd2",
        "pcds",
        "dointr",
        "doterm",
        "usertype",
        "oseast1m",
        "osnrth1m",
        "osgrdind",
        "oa11",
        "cty",
        "ced",
        "laua",
        "ward",
        "lat",
        "long",
    ]
)
NAMES = {
    "borough": ("lad25cd", "oslaua", "laua"),
    "ward": ("wd25cd", "osward", "ward"),
    "ended": ("doterm",),
    "postcode": ("pcds", "pcd", "pcd7", "pcd8", "pcd2"),
    "latitude": ("lat",),
    "longitude": ("long",),
}

HIGHGATE, KILBURN_BRENT = "E05013661", "E05013503"
CAMDEN, BRENT, CITY = "E09000007", "E09000005", "E09000001"


def directory(path, rows, *, columns=NSPL, encoding="utf-8", quoting=csv.QUOTE_ALL, newline="\r\n"):
    """Write a postcode directory in ONS's layout.

    `rows` are dicts with postcode, borough, ward, ended, latitude, longitude; the rest is as ONS leaves it.
    """
    places = {name.lower().replace("26cd", "25cd"): at for at, name in enumerate(columns)}
    with open(path, "w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, quoting=quoting, lineterminator=newline)
        writer.writerow(columns)
        for row in rows:
            cells = {"lat": "99.999999", "long": "0.000000", "dointr": "198001"}
            for name, value in row.items():
                cells.update(dict.fromkeys(NAMES[name], value))
            writer.writerow([cells.get(column, "") for column in places])
    return path


def row(postcode, borough=CAMDEN, ward=HIGHGATE, ended="", **point):
    """One row of a directory."""
    return {"postcode": postcode, "borough": borough, "ward": ward, "ended": ended, **point}


@pytest.fixture
def london(db):
    """The 32 boroughs and their wards."""
    return import_places()


@pytest.fixture
def file(tmp_path):
    """`file(rows, **how)`: a postcode directory in a new file."""

    def write(rows, name="NSPL_TEST_UK.csv", **how):
        return directory(tmp_path / name, rows, **how)

    return write
