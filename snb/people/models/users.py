"""The person."""

# ruff: noqa: S106 -- `secret` is a class of fields here, not a secret

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from snb.privacy.enums import Privacy


class UserManager(BaseUserManager["User"]):
    """Makes users from an email address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a person; without a password they sign in by emailed code or passkey."""
        user = self.model(email=email.strip().lower(), **fields)
        if password:
            user.set_password(password)
        else:
            user.set_unusable_password()
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]
    """A person. The email address is the login; `public_id` is the only id that leaves the system."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(
        "email address", unique=True, error_messages={"unique": "That address cannot be used."}
    )
    name = models.CharField("your name", max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False, help_text="A fictional person of the demo data.")
    date_joined = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    held_roles: Any = None
    """Roles held today, once read (`snb.people.permissions.roles_of`)."""
    # Wagtail and allauth ask for these by name.
    first_name = ""
    last_name = ""

    objects = UserManager()

    privacy = Privacy(
        public="public_id",
        board="name",
        personal="email is_active is_demo date_joined last_login is_superuser groups user_permissions",
        secret="password",
        keep="Until the person deletes the account; accounts nobody has used for 36 months are removed after a "
        "warning, sign-ups nobody confirmed after a week.",
        after=timedelta(days=1096),
        since="last_login",
        where={"is_demo": False},
        warn_before=timedelta(days=30),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="%(app_label)s_%(class)s_email_once_any_case"),
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    @property
    def is_staff(self) -> bool:
        """Nobody: Django's own admin is not mounted, and roles decide everything else."""
        return False

    def get_full_name(self) -> str:
        """The name the person gave, or a neutral word; never the email address."""
        return self.name or "A member"

    get_short_name = get_full_name
    get_username = AbstractBaseUser.get_username

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Read the row again, and forget the roles read before."""
        self.held_roles = None
        super().refresh_from_db(*args, **kwargs)
