"""Invite the first person of oversight."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from snb.people.actions import invite
from snb.people.queries import invitation_url


class Command(BaseCommand):
    """`manage.py invite_oversight EMAIL`: sends the invitation and prints its link."""

    help = "Invites somebody to MOPAC oversight by email, and prints the link. It works for 14 days."

    def add_arguments(self, parser: CommandParser) -> None:
        """The address."""
        parser.add_argument("email")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        """Invite."""
        try:
            validate_email(email)
            invitation = invite(apps.get_model("boards.OversightRole")(), email=email, by=None)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(
            f"Invited {invitation.email} to oversight. The link, if the email does not arrive:\n{invitation_url(invitation)}"
        )
