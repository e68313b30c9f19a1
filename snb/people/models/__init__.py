"""Users, the shape of a role, invitations, residency, printed codes and signed links."""

from snb.people.models.addresses import HeldAddress
from snb.people.models.links import FactorReset, Invitation, LinkUse, SignedLink
from snb.people.models.residency import CodeBatch, PrintedCode, Residency
from snb.people.models.roles import Role, RoleQuerySet
from snb.people.models.users import User, UserManager

__all__ = [
    "CodeBatch",
    "FactorReset",
    "HeldAddress",
    "Invitation",
    "LinkUse",
    "PrintedCode",
    "Residency",
    "Role",
    "RoleQuerySet",
    "SignedLink",
    "User",
    "UserManager",
]
