"""Meetings of boards and panels: what was agreed, by whom, and the minutes that say so."""
