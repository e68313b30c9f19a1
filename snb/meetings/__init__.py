"""Meetings of boards, ward panels and groups: agenda, minutes, attendance, decisions, actions, recommendations, questions."""
