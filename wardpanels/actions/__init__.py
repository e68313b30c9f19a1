"""Every write of rounds, votes, options and priorities."""

from wardpanels.actions.closing import clean_closed_rounds, close_round, confirm_count
from wardpanels.actions.options import (
    add_option,
    merge_option,
    offer_option,
    reject_option,
    remove_option,
    suggest_option,
)
from wardpanels.actions.priorities import adopt_priorities
from wardpanels.actions.rounds import (
    agree_annulment,
    agree_extension,
    announce_round,
    ask_annulment,
    ask_extension,
    cancel_round,
    change_round,
    keep_time,
    open_round,
    plan_round,
    start_collecting,
)
from wardpanels.actions.telling import tell_of_rounds
from wardpanels.actions.votes import cast_vote, confirm_held_vote

__all__ = [
    "add_option",
    "adopt_priorities",
    "agree_annulment",
    "agree_extension",
    "announce_round",
    "ask_annulment",
    "ask_extension",
    "cancel_round",
    "cast_vote",
    "change_round",
    "clean_closed_rounds",
    "close_round",
    "confirm_count",
    "confirm_held_vote",
    "keep_time",
    "merge_option",
    "offer_option",
    "open_round",
    "plan_round",
    "reject_option",
    "remove_option",
    "start_collecting",
    "suggest_option",
    "tell_of_rounds",
]
