"""The static build: what it takes out, what it leaves, and that it is skipped when nothing has changed."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from portal import assets
from portal.environment import ROOT

pytestmark = pytest.mark.pure


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A build in a folder of its own, and what was said about the first and the second run."""
    if assets.node_and_npm() is None:
        if os.environ.get("CI"):
            pytest.fail(assets.HOW_TO_GET_NODE)
        pytest.skip(assets.HOW_TO_GET_NODE)
    folder = tmp_path_factory.mktemp("var")
    said = [
        subprocess.run(
            [sys.executable, "-m", "portal.assets"],
            cwd=ROOT,
            env={**os.environ, "PORTAL_VAR": str(folder)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for _ in range(2)
    ]
    return folder / "build", said


def test_second_build_does_nothing(built):
    assert built[1][1] == "Static files are up to date.\n"


def test_style_sheet_bears_no_mark_of_government(built):
    css = (built[0] / "site" / "main.css").read_text()
    assert re.findall(r"gds[ -]?transport|crown|govuk-header", css, re.IGNORECASE) == []


def test_style_sheet_serves_both_writing_directions(built):
    css = (built[0] / "site" / "main.css").read_text()
    assert re.findall(r"[;{](?:margin|padding|border)-(?:left|right)[a-z-]*:", css) == []
    assert (
        re.findall(r"[;{](?:left|right|float:left|float:right|text-align:left|text-align:right)[:;}]", css)
        == []
    )


def test_build_asks_for_nothing_outside(built):
    addresses = {
        address
        for file in built[0].rglob("*.css")
        for address in re.findall(r"url\(\s*[\"']?([^)\"']+)", file.read_text())
        if not address.startswith(("data:", "#"))
    }
    assert {address for address in addresses if "//" in address} == set()


def test_each_file_a_style_sheet_names_is_there(built):
    for file in (built[0] / "site" / "main.css", built[0] / "vendor" / "leaflet" / "leaflet.css"):
        for address in re.findall(r"url\(\s*[\"']?([^)\"']+)", file.read_text()):
            if not address.startswith(("data:", "#")):
                path = (file.parent / address).resolve()
                inside = path if path.exists() else ROOT / "static" / path.relative_to(built[0].resolve())
                assert inside.exists(), address
