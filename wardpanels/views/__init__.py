"""Voting, results and the panel desk."""
