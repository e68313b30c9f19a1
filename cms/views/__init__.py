"""The public pages that are not Wagtail's own."""
