"""ONS postcode directories of any vintage: what is kept, what is listed, what is refused; nothing twice."""

from __future__ import annotations

import csv
import zipfile
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from snb.audit.enums import Event
from snb.audit.models import AuditEvent
from snb.places import queries
from snb.places.demo import DISTRICTS, load_sample_postcodes
from snb.places.enums import PostcodeStatus
from snb.places.errors import UnusableFile
from snb.places.importers.postcodes import import_postcodes, read_postcodes
from snb.places.models import OutsidePrefix, Postcode, ReferenceImport, Ward
from tests.places.conftest import (
    BRENT,
    CAMDEN,
    CITY,
    HIGHGATE,
    KILBURN_BRENT,
    NSPL,
    OLD_NSPL,
    ONSPD,
    directory,
    row,
)

ROWS = [
    row("N6 6AA", latitude="51.570000", longitude="-0.150000"),
    row("N6 6AB", ended="201903"),
    row("NW6 5AA", BRENT, KILBURN_BRENT),
    row("EC2V 7HH", CITY, "E05009292"),
    row("M1 1AA", "E08000003", "E05011376"),
    row("EN6 1AA", "E07000098", "E05000001"),
]


def held():
    """The table as a dict."""
    return {
        pk: rest
        for pk, *rest in Postcode.objects.values_list(
            "pk", "ward", "borough_code", "ended", "latitude", "longitude"
        )
    }


EXPECTED = {
    "N66AA": [HIGHGATE, CAMDEN, "", 51.57, -0.15],
    "N66AB": [HIGHGATE, CAMDEN, "201903", None, None],
    "NW65AA": [KILBURN_BRENT, BRENT, "", None, None],
    "EC2V7HH": [None, CITY, "", None, None],
}


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"columns": NSPL}, id="NSPL 2025"),
        pytest.param({"columns": ONSPD}, id="ONSPD"),
        pytest.param({"columns": OLD_NSPL}, id="NSPL before 2024"),
        pytest.param({"columns": [name.replace("25cd", "26cd") for name in NSPL]}, id="NSPL 2026"),
        pytest.param({"columns": [name.upper() for name in NSPL]}, id="capitals"),
        pytest.param(
            {"columns": [name for name in NSPL if name != "pcds"]}, id="only the narrow postcode column"
        ),
        pytest.param({"encoding": "utf-8-sig"}, id="byte order mark"),
        pytest.param({"encoding": "utf-16"}, id="UTF-16"),
        pytest.param({"quoting": csv.QUOTE_MINIMAL, "newline": "\n"}, id="plain"),
    ],
)
def test_every_vintage_gives_the_same_table(london, file, how):
    reading, outcome = import_postcodes(file(ROWS, **how), quiet=True)
    assert (reading.read, reading.london, reading.bad) == (6, 4, 0)
    assert outcome.added == 4
    assert held() == EXPECTED
    assert set(OutsidePrefix.objects.values_list("pk", flat=True)) == {"M", "EN"}


def test_importing_twice_changes_nothing_and_says_so(london, file, django_assert_num_queries):
    path = file(ROWS)
    said = StringIO()
    call_command("import_postcodes", path, stdout=said)
    before = (held(), AuditEvent.objects.count(), ReferenceImport.objects.count())
    call_command("import_postcodes", path, stdout=said)
    assert (held(), AuditEvent.objects.count(), ReferenceImport.objects.count()) == before
    assert said.getvalue().splitlines() == [
        "NSPL_TEST_UK.csv: 6 rows read, 4 of them in London.",
        "Postcodes: 4 added, 0 changed, 0 removed, 0 as they were.",
        "NSPL_TEST_UK.csv: 6 rows read, 4 of them in London.",
        "Postcodes: nothing changed (4 rows).",
    ]


def test_the_next_vintage_changes_only_what_differs(london, file):
    import_postcodes(file(ROWS), quiet=True)
    later = [row("N6 6AA", ended="202611"), *ROWS[1:3], row("N6 6AW")]
    _reading, outcome = import_postcodes(file(later, name="NSPL_NEXT.csv"), quiet=True)
    assert (outcome.added, outcome.changed, outcome.removed, outcome.unchanged) == (1, 1, 1, 2)
    assert held() == {
        "N66AA": [HIGHGATE, CAMDEN, "202611", None, None],
        "N66AB": EXPECTED["N66AB"],
        "NW65AA": EXPECTED["NW65AA"],
        "N66AW": [HIGHGATE, CAMDEN, "", None, None],
    }
    assert OutsidePrefix.objects.count() == 0
    assert list(ReferenceImport.objects.filter(kind="postcodes").values_list("source", "vintage")) == [
        ("NSPL_NEXT.csv", "wd25cd"), ("NSPL_TEST_UK.csv", "wd25cd"),
    ]  # fmt: skip
    assert AuditEvent.objects.filter(event=Event.POSTCODES_IMPORTED).first().data == {
        "added": 1, "changed": 1, "removed": 1, "unchanged": 2,
    }  # fmt: skip


def test_a_sector_that_london_shares_is_kept_postcode_by_postcode(london, file):
    rows = [
        row("EN6 1AA"),
        row("EN6 1AB", "E07000098", "E05000001"),
        row("EN6 5AA", "E07000098"),
        row("EN9 1AA", "E07000072"),
    ]
    import_postcodes(file(rows), quiet=True)
    assert held() == {"EN61AA": [HIGHGATE, CAMDEN, "", None, None], "EN61AB": [None, "", "", None, None]}
    assert set(OutsidePrefix.objects.values_list("pk", flat=True)) == {"EN6 5", "EN9"}
    say = {
        text: queries.look_up(text).status
        for text in ["EN6 1AA", "EN6 1AB", "EN6 1ZZ", "EN6 5ZZ", "EN9 9ZZ", "EN7 1AA"]
    }
    assert say == {
        "EN6 1AA": PostcodeStatus.WARD,
        "EN6 1AB": PostcodeStatus.NOT_LONDON,
        "EN6 1ZZ": PostcodeStatus.UNKNOWN,
        "EN6 5ZZ": PostcodeStatus.NOT_LONDON,
        "EN9 9ZZ": PostcodeStatus.NOT_LONDON,
        "EN7 1AA": PostcodeStatus.UNKNOWN,
    }


def test_unknown_wards_are_counted_and_their_postcodes_keep_the_borough(london, file):
    rows = [
        row("N6 6AA", ward="E05099999"),
        row("N6 6AB", ward="E05099999"),
        row("N6 6AW", ward=""),
        row("N6 6AD", ward=KILBURN_BRENT),
        row("N6 6AE"),
    ]
    said = StringIO()
    call_command("import_postcodes", file(rows), stdout=said)
    assert {pk: ward for pk, (ward, *_rest) in held().items()} == {
        "N66AA": None, "N66AB": None, "N66AW": None, "N66AD": None, "N66AE": HIGHGATE,
    }  # fmt: skip
    assert said.getvalue().splitlines()[2:] == [
        "4 postcodes are in wards we do not know; they are kept with their borough only:",
        "  E05099999: 2",
        "  (none): 1",
        f"  {KILBURN_BRENT}: 1",
    ]


def test_bad_rows_are_listed_at_the_end_and_the_rest_is_kept(london, tmp_path):
    path = directory(tmp_path / "file.csv", [row("N6 6AA")])
    good = path.read_text().splitlines()[1]
    lines = [
        good.replace("N6 6AA", "N6 6AB"),
        "",
        good.replace("N6 6AA", "NOPE"),
        good.replace(CAMDEN, "E09000099").replace("N6 6AA", "N6 6AD"),
        good.replace("N6 6AA", "N6 6AE").replace('"198001",""', '"198001","never"'),
        good,
        '"N6 6AF","too","few"',
        good.replace('"N6 6AA"', '"N6 6AG', 1),
        good.replace("N6 6AA", "N6 6AH"),
        good.replace("N6 6AA", "N6\x00 6AI"),
        good.replace("N6 6AA", "!!!").replace(CAMDEN, "E07000098"),
        good.replace("N6 6AA", "N6 6AJ").replace(CAMDEN, ""),
    ]
    with path.open("a", newline="") as file:
        file.write("\r\n".join(lines) + "\r\n")
    said = StringIO()
    call_command("import_postcodes", path, stdout=said)
    assert set(held()) == {"N66AA", "N66AB", "N66AH"}
    text = said.getvalue()
    assert "1 rows name no district and were left out." in text
    listed = text[text.index("rows make no sense") :].splitlines()
    assert text.count("8 rows make no sense and were left out:") == 1
    assert listed[1:6] == [
        "  line 5: 'NOPE' is not a postcode",
        "  line 6: N66AD: 'E09000099' is not a London borough",
        "  line 7: N66AE: 'never' is not a month",
        "  line 8: N66AA is there twice; the first is kept",
        "  line 9: 3 columns instead of 35",
    ]
    assert [line.split(":")[0] for line in listed[6:8]] == ["  line 10", "  line 12"]


def test_only_the_first_bad_rows_are_listed(london, file):
    reading, _outcome = import_postcodes(
        file([row("N6 6AA"), *[row(f"NOPE{n}") for n in range(50)]]), quiet=True
    )
    assert (reading.bad, len(reading.bad_rows)) == (50, 20)


def test_a_quote_left_open_does_not_swallow_the_rows_after_it(london, tmp_path):
    units = [a + b for a in "ABDEFGHJLN" for b in "ABDEFGHJLNPQRSTUWXYZ"]
    path = directory(
        tmp_path / "file.csv",
        [row(f"N6 {sector}{unit}") for sector in range(10) for unit in units],
        quoting=csv.QUOTE_NONE,
    )
    lines = path.read_bytes().decode().split("\r\n")
    lines[3] = '"' + lines[3]
    path.write_text("\r\n".join(lines), newline="")
    reading, outcome = import_postcodes(path, quiet=True)
    assert (reading.bad, outcome.added) == (1, 10 * len(units) - 1)


ZIP = pytest.mark.parametrize(
    ("names", "taken"),
    [
        (
            ["Data/NSPL_AUG_2026_UK.csv", "Documents/LA_UA names.csv", "User Guide/guide.pdf"],
            "NSPL_AUG_2026_UK.csv",
        ),
        (["Data/ONSPD_NOV_2026_UK.csv", "Data/multi_csv/ONSPD_NOV_2026_UK_N.csv"], "ONSPD_NOV_2026_UK.csv"),
        (["__MACOSX/._big.csv", "file.CSV"], "file.CSV"),
    ],
)


@ZIP
def test_the_big_file_inside_a_zip_is_found(london, file, tmp_path, names, taken):
    text = file(ROWS).read_text()
    path = tmp_path / "directory.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(
                name,
                text if name.endswith(taken) else "code,name\r\n" + "x" * (10_000 if "__MAC" in name else 10),
            )
    reading, _outcome = import_postcodes(path, quiet=True)
    assert reading.source == taken
    assert held() == EXPECTED


def broken(kind, path, tmp_path):
    """A file that cannot be imported, made from one that can."""
    made = tmp_path / f"{kind}.zip"
    if kind == "missing":
        return tmp_path / "nowhere.csv"
    if kind == "folder":
        return tmp_path
    if kind == "empty":
        made.write_bytes(b"")
    elif kind == "noise":
        made.write_bytes(bytes(range(256)) * 50)
    elif kind == "other":
        made.write_text("code,name\nE05,Ward\n")
    elif kind == "elsewhere":
        return directory(made, [row("M1 1AA", "E08000003")])
    else:
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("notes.txt" if kind == "no csv" else "Data/file.csv", path.read_text() * 50)
        data = bytearray(made.read_bytes())
        if kind == "truncated":
            del data[len(data) // 2 :]
        elif kind == "damaged":
            data[len(data) // 3] ^= 0xFF
        elif kind == "locked":
            data[6] |= 1
            data[data.index(b"PK\x01\x02") + 8] |= 1
        made.write_bytes(data)
    return made


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("missing", "There is no file"),
        ("folder", "is a folder"),
        ("empty", "not a postcode directory"),
        ("noise", "not a postcode directory"),
        ("other", "there is no column for postcode and borough and ward and ended"),
        ("elsewhere", "no postcode of a London borough"),
        ("no csv", r"has no \.csv file inside"),
        ("truncated", "not a whole zip"),
        ("damaged", "not a whole zip"),
        ("locked", "locked with a password"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_sentence(london, file, tmp_path, kind, sentence):
    import_postcodes(file(ROWS), quiet=True)
    path = broken(kind, file(ROWS), tmp_path)
    with pytest.raises(CommandError, match=sentence) as refused:
        call_command("import_postcodes", path, stdout=StringIO())
    assert refused.value.returncode == 1
    assert "\n" not in str(refused.value)
    assert held() == EXPECTED


def test_a_file_cut_off_in_the_middle_does_not_empty_the_table(london, file):
    rows = [row(f"N6 {sector}AA") for sector in range(10)]
    import_postcodes(file(rows), quiet=True)
    short = file(rows[:4], name="short.csv")
    with pytest.raises(CommandError, match="4 London postcodes and the table has 10"):
        call_command("import_postcodes", short, stdout=StringIO())
    assert len(held()) == 10
    call_command("import_postcodes", short, "--fewer", stdout=StringIO())
    assert len(held()) == 4


def test_without_wards_it_says_what_to_do_first(db, file):
    with pytest.raises(UnusableFile, match="load_places"):
        import_postcodes(file(ROWS), quiet=True)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
@pytest.mark.pure
def test_whatever_is_in_a_file_the_reading_ends_well(tmp_path, data):
    """Bytes flipped, cut out, put in, repeated: it reads or refuses, and keeps no row that cannot be true."""
    path = directory(tmp_path / "file.csv", ROWS * 3)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(content)))
        what = data.draw(st.sampled_from(["flip", "cut", "put", "repeat"]))
        if what == "flip" and at < len(content):
            content[at] = data.draw(st.integers(0, 255))
        elif what == "cut":
            del content[at : at + data.draw(st.integers(1, 400))]
        elif what == "put":
            content[at:at] = data.draw(
                st.binary(max_size=20)
                | st.sampled_from([b'"', b"\r", b"\n", b"\0", b",", b'""', b"\xff\xfe"])
            )
        else:
            content[at:at] = content[at : at + 300]
    path.write_bytes(content)
    wards = {HIGHGATE: CAMDEN, KILBURN_BRENT: BRENT}
    try:
        reading = read_postcodes(path, boroughs=frozenset({CAMDEN, BRENT, CITY}), wards=wards)
    except UnusableFile as error:
        assert "\n" not in str(error)  # noqa: PT017
        return
    for postcode, (ward, borough, ended, latitude, longitude) in reading.rows.items():
        assert queries.normalise_postcode(postcode) == f"{postcode[:-3]} {postcode[-3:]}"
        assert borough in {CAMDEN, BRENT, CITY, ""}
        assert ward is None or wards[ward] == borough
        assert ended == "" or (len(ended) == 6 and ended.isdigit())
        assert (latitude is None) == (longitude is None)
    assert len(reading.bad_rows) <= min(reading.bad, 20)
    for prefix in reading.outside:
        assert not any(
            f"{postcode[:-3]} {postcode[-3:]}".startswith(prefix + " ")
            for postcode, one in reading.rows.items()
            if one[1]
        )


def test_progress_reaches_the_end(tmp_path):
    path = directory(tmp_path / "file.csv", ROWS)
    seen = []
    read_postcodes(
        path, boroughs=frozenset({CAMDEN}), wards={}, progress=lambda done, total: seen.append((done, total))
    )
    assert seen[-1] == (path.stat().st_size, path.stat().st_size)


def test_demo_has_a_sample_for_each_ward_of_the_three_boroughs(london):
    outcome = load_sample_postcodes()
    wards = Ward.objects.filter(borough__in=DISTRICTS)
    in_use = dict(
        Postcode.objects.filter(ended="").exclude(ward=None).values_list("ward").annotate(Count("pk"))
    )
    assert set(in_use) == {ward.pk for ward in wards}
    assert outcome.added == Postcode.objects.count()
    assert load_sample_postcodes().is_change is False
    assert queries.look_up("NW1 2DB").ward.name == "St Pancras & Somers Town"
    assert queries.look_up("HA98 1ZA").message == "That postcode ended in March 2019."
    assert queries.look_up("M1 1AA").status == PostcodeStatus.NOT_LONDON


def test_demo_leaves_real_postcodes_alone_and_they_replace_it(london, file):
    load_sample_postcodes()
    import_postcodes(file(ROWS), quiet=True, fewer=True)
    assert held() == EXPECTED
    assert load_sample_postcodes() is None
    assert held() == EXPECTED
