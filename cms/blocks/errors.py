"""How a block says what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def refused(field: str, message: _StrPromise) -> StructBlockValidationError:
    """What is wrong with a block, to be shown at one of its fields."""
    return StructBlockValidationError(block_errors={field: ValidationError(message)})
