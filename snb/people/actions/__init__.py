"""Every write about people: accounts, roles, invitations, residency, printed codes, links and lost factors."""

from snb.people.actions.accounts import (
    delete_account,
    download_data,
    end_sessions,
    person_with_address,
    remove_unconfirmed,
    rename_person,
    spare_unconfirmed,
)
from snb.people.actions.factors import ask_for_reset, confirm_reset, finish_resets, stop_reset
from snb.people.actions.invitations import (
    accept_invitation,
    invite,
    resend_invitation,
    send_unsent_invitations,
    withdraw_invitation,
)
from snb.people.actions.links import (
    PURPOSES,
    LinkPurpose,
    issue_link,
    register_purpose,
    revoke_link,
    undo_link,
    use_link,
)
from snb.people.actions.proofs import check_email_code, confirm_address, send_email_code, spend_email_code
from snb.people.actions.residency import (
    confirm_batch,
    confirm_by_code,
    confirm_by_postcode,
    confirm_by_roll,
    end_residency,
    make_batch,
    print_batch,
    use_printed_code,
    withdraw_batch,
)
from snb.people.actions.roles import end_expired, end_role, give_role, hand_over

__all__ = [
    "PURPOSES",
    "LinkPurpose",
    "accept_invitation",
    "ask_for_reset",
    "check_email_code",
    "confirm_address",
    "confirm_batch",
    "confirm_by_code",
    "confirm_by_postcode",
    "confirm_by_roll",
    "confirm_reset",
    "delete_account",
    "download_data",
    "end_expired",
    "end_residency",
    "end_role",
    "end_sessions",
    "finish_resets",
    "give_role",
    "hand_over",
    "invite",
    "issue_link",
    "make_batch",
    "person_with_address",
    "print_batch",
    "register_purpose",
    "remove_unconfirmed",
    "rename_person",
    "resend_invitation",
    "revoke_link",
    "send_email_code",
    "send_unsent_invitations",
    "spare_unconfirmed",
    "spend_email_code",
    "stop_reset",
    "undo_link",
    "use_link",
    "use_printed_code",
    "withdraw_batch",
    "withdraw_invitation",
]
