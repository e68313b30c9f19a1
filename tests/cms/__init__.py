"""Tests of the public face and its editor."""
