"""To whom a field may be shown, how long a row stays, and what an identifier in a text can be."""

from snb.privacy.enums.classes import FieldClass, Holder, Identifier, Privacy
from snb.privacy.enums.third_party import THIRD_PARTY

__all__ = ["THIRD_PARTY", "FieldClass", "Holder", "Identifier", "Privacy"]
