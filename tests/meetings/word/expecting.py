"""What each file of the corpus becomes, written down beside it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError

from snb.meetings.importers import Conversion, convert
from tests.meetings.word.make_corpus import BAD, FILES, GOOD


@cache
def converted(name: str) -> Conversion:
    """A file of the corpus, converted once."""
    with (FILES / f"{name}.docx").open("rb") as file:
        return convert(file, name=f"{name}.docx")


def refusal(path: Path) -> dict[str, str]:
    """Kind and sentence with which a file is refused."""
    try:
        with path.open("rb") as file:
            convert(file, name=path.name)
    except ValidationError as error:
        return {"code": str(error.code), "sentence": error.messages[0]}
    return {"code": "", "sentence": ""}


def expected(name: str) -> Any:
    """What was written down."""
    return json.loads((FILES / f"{name}.json").read_text())


def write_expected() -> None:
    """Write down what every file becomes now; somebody has to read it."""
    for name in GOOD:
        _write(name, converted(name).as_json())
    for name in BAD:
        _write(name, refusal(FILES / name))


def _write(name: str, data: Any) -> None:
    (FILES / f"{name}.json").write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n")
