"""Convert a Word document on the command line: the same HTML, proposals and report as in the browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from snb.meetings.importers import Conversion, convert
from snb.meetings.importers.reporting import words_sentences


class Command(BaseCommand):
    """Convert one file and print what it became."""

    help = (
        "Convert a Word document (.docx) to an accessible page. Prints the report; with --json the HTML, the proposed "
        "records and the report. Nothing is saved. Ends with status 1 and a sentence for a file that cannot be read."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and how to print."""
        parser.add_argument("file", help="path of the Word document")
        parser.add_argument("--json", action="store_true", help="print HTML, proposals and report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the result, or end with the sentence that says why there is none."""
        path = Path(options["file"])
        try:
            with path.open("rb") as file:
                conversion = convert(file, name=path.name)
        except FileNotFoundError:
            raise CommandError(f"There is no file {path}.") from None
        except OSError:
            raise CommandError(f"The file {path} cannot be opened.") from None
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        if options["json"]:
            self.stdout.write(json.dumps(conversion.as_json(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(as_text(conversion))


def as_text(conversion: Conversion) -> str:
    """The report for a terminal."""
    report = conversion.report
    lines = [report.title, "=" * len(report.title), ""] if report.title else []
    for section in report:
        lines += [section.heading, *(f"- {finding.sentence}" for finding in section.findings), ""]
    return "\n".join([*lines, *words_sentences(report.words)])
