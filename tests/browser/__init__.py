"""Chromium against a real server process: what a visitor sees, reaches by keyboard and downloads."""
