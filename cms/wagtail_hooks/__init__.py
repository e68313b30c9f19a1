"""What an editor's admin looks like and what it records. What it lets through is decided in `cms.middleware`."""

from cms.wagtail_hooks import furniture, pages, publishing

__all__ = ["furniture", "pages", "publishing"]
