"""`manage.py convert_minutes`: the same result from the command line, and one sentence with status 1 where there is none."""

import io
import json

import pytest
from django.core.management import CommandError

from snb.meetings.management.commands.convert_minutes import Command
from tests.meetings.word.expecting import expected
from tests.meetings.word.make_corpus import BAD, FILES

pytestmark = pytest.mark.pure


def run(path, *options: str) -> str:
    """What the command prints."""
    out = io.StringIO()
    command = Command(stdout=out)
    parsed = command.create_parser("manage.py", "convert_minutes").parse_args([str(path), *options])
    command.handle(**vars(parsed))
    return out.getvalue()


def test_json_is_the_whole_result():
    assert json.loads(run(FILES / "bold-headings.docx", "--json")) == expected("bold-headings")


def test_without_json_it_is_the_report_in_plain_text():
    assert run(FILES / "links.docx").splitlines()[:6] == [
        "Where to read more",
        "==================",
        "",
        "Headings",
        "- 1 heading was found.",
        "- “Where to read more” is the title. The page shows it above the text, so it is not repeated.",
    ]
    assert "The document has 55 words and the page has 51 of them." in run(FILES / "links.docx")


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_read_ends_with_its_sentence(name):
    with pytest.raises(CommandError) as caught:
        run(FILES / name, "--json")
    assert str(caught.value) == expected(name)["sentence"]
    assert caught.value.returncode == 1


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(CommandError, match=r"^There is no file .*minutes\.docx\.$"):
        run(tmp_path / "minutes.docx")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(CommandError, match=r"cannot be opened\.$"):
        run(tmp_path)


def test_the_status_is_one_and_the_sentence_is_on_standard_error(capsys):
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as caught:
        Command(stdout=out, stderr=err).run_from_argv(
            ["manage.py", "convert_minutes", str(FILES / "macros.docx")]
        )
    assert caught.value.code == 1
    assert out.getvalue() == ""
    assert "This file has macros in it. Save it without macros and choose it again." in err.getvalue()
