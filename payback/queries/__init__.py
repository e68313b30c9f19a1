"""Every read of this room."""

from payback.queries.consultation import Consultation, consultation_of
from payback.queries.desk import Desk, alike, desk_of, nomination_on_desk, queue_of, waits_for_board
from payback.queries.facts import facts_of
from payback.queries.figures import COLUMNS, Figures, figures_of
from payback.queries.journey import (
    answers_in_words,
    first_unanswered,
    preview_of,
    sealed_in_words,
    tasks_near,
    way_back,
)
from payback.queries.map import map_of
from payback.queries.nominator import kept_under_account, state_for_nominator
from payback.queries.pace import Pace, pace_of, screeners_of, silence_of, timeline_of
from payback.queries.redaction import (
    PublicSide,
    asker_screens,
    hidden_words_of,
    notes_on,
    public_side_of,
    public_words_in,
)
from payback.queries.tasks import (
    GROUPS,
    boards_by_name,
    card_of,
    group_labels,
    public_tasks,
    support_in_words,
    task_page,
    tiles_of,
    totals_of,
)
from payback.queries.wording import hash_of, verdict_basis_of, wording_of

__all__ = [
    "COLUMNS",
    "GROUPS",
    "Consultation",
    "Desk",
    "Figures",
    "Pace",
    "PublicSide",
    "alike",
    "answers_in_words",
    "asker_screens",
    "boards_by_name",
    "card_of",
    "consultation_of",
    "desk_of",
    "facts_of",
    "figures_of",
    "first_unanswered",
    "group_labels",
    "hash_of",
    "hidden_words_of",
    "kept_under_account",
    "map_of",
    "nomination_on_desk",
    "notes_on",
    "pace_of",
    "preview_of",
    "public_side_of",
    "public_tasks",
    "public_words_in",
    "queue_of",
    "screeners_of",
    "sealed_in_words",
    "silence_of",
    "state_for_nominator",
    "support_in_words",
    "task_page",
    "tasks_near",
    "tiles_of",
    "timeline_of",
    "totals_of",
    "verdict_basis_of",
    "waits_for_board",
    "way_back",
    "wording_of",
]
