"""Facts in rows and columns."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock

from cms.blocks.errors import refused


class TableBlock(blocks.StructBlock):
    """A small table with proper headers."""

    table = TypedTableBlock(
        [
            ("text", blocks.CharBlock(required=False, max_length=300, label=_("Text"))),
            ("number", blocks.DecimalBlock(required=False, label=_("Number"))),
        ],
        label=_("Table"),
    )
    row_headers = blocks.BooleanBlock(
        required=False, default=True, label=_("The first column names each row")
    )

    class Meta:
        icon = "table"
        label = _("Table")
        description = _(
            "Facts in rows and columns. Give it a caption and name every column: screen readers say them aloud."
        )
        template = "cms/blocks/table_block.html"
        preview_template = "cms/blocks/table_preview.html"

    def clean(self, value: Any) -> Any:
        """A table has a caption, and each column a heading."""
        cleaned = super().clean(value)
        table = cleaned.get("table")
        if not self.is_deferred_validation:
            if not table or not table.columns or not table.row_data:
                raise refused("row_headers", _("Add at least one column and one row to the table."))
            if not table.caption.strip() or not all(column["heading"].strip() for column in table.columns):
                raise refused("row_headers", _("Give the table a caption and each column a heading."))
        return cleaned
