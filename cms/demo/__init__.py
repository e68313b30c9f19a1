"""Fictional content of the demo: news, and two years of meetings."""

from cms.demo.meetings import load_meetings
from cms.demo.news import MARK, load_news

__all__ = ["MARK", "load_meetings", "load_news"]
