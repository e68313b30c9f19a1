"""Signed links: one deed, once, without signing in; and resetting a lost factor, which uses one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django import forms
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from snb.audit.enums import Event
from snb.audit.models import AuditEvent
from snb.boards.models import BoardRole
from snb.people import actions, notifications
from snb.people.actions import accounts
from snb.people.actions.links import PURPOSES, LinkPurpose, register_purpose, state_of
from snb.people.enums import LinkState, ResetState
from snb.people.errors import LinkNotUsable
from snb.people.models import FactorReset, LinkUse, SignedLink, User
from snb.people.queries import token_of
from tests import factories as make

NAME = "tests.person.rename"


@pytest.fixture
def purpose():
    """A deed that any row can be tried with: changing a person's name, and changing it back."""

    def rename(person, *, by):
        person.name = f"done by {by.name}"
        person.save()

    def back(person, *, by):
        person.name = "Resident"
        person.save()

    made = LinkPurpose(
        name=NAME,
        title="Rename",
        question=lambda person: f"Rename {person.name}?",
        perform=rename,
        undo=back,
        version_of=lambda person: str(len(person.email)),
    )
    register_purpose(made)
    yield made
    del PURPOSES[NAME]


@pytest.fixture
def link(cast, purpose):
    return actions.issue_link(cast.chair, NAME, cast.resident, version=str(len(cast.resident.email)))


def path(link) -> str:
    return f"/accounts/links/{token_of(link)}/"


def test_looking_changes_nothing_and_the_button_does(cast, link, site_client):
    client = site_client()
    page = client.get(path(link))
    assert "Rename Resident?" in page.content.decode()
    assert (page["X-Robots-Tag"], "no-store" in page["Cache-Control"]) == ("noindex", True)
    cast.resident.refresh_from_db()
    assert cast.resident.name == "Resident"
    assert client.post(path(link))["Location"] == path(link)
    cast.resident.refresh_from_db()
    assert cast.resident.name == "done by Chair"
    assert "snb_session" not in client.cookies
    event = AuditEvent.objects.get(event=Event.LINK_USED)
    assert (event.actor, event.data["purpose"]) == (cast.chair.public_id, NAME)


def test_once_only(link, site_client):
    client = site_client()
    client.post(path(link))
    with pytest.raises(LinkNotUsable):
        actions.use_link(token_of(link))
    assert "Done" in client.get(path(link)).content.decode()
    assert AuditEvent.objects.filter(event=Event.LINK_USED).count() == 1


def test_the_person_is_told_and_can_undo(cast, link, site_client):
    actions.use_link(token_of(link))
    notifications.send_link_used.call(link.pk)
    assert mail.outbox[0].to == [cast.chair.email]
    assert path(link) in mail.outbox[0].body
    client = site_client()
    assert "Take it back" in client.get(path(link)).content.decode()
    client.post(path(link), {"do": "undo"})
    cast.resident.refresh_from_db()
    assert cast.resident.name == "Resident"
    assert "Taken back" in client.get(path(link)).content.decode()
    with pytest.raises(LinkNotUsable):
        actions.undo_link(token_of(link))


def test_undo_ends_after_seven_days(link):
    actions.use_link(token_of(link))
    SignedLink.objects.update(used_at=timezone.now() - timedelta(days=8))
    with pytest.raises(LinkNotUsable):
        actions.undo_link(token_of(link))


def kill(link, cast, how):
    if how == "expired":
        SignedLink.objects.update(expires_at=timezone.now())
    elif how == "revoked":
        actions.revoke_link(link, by=cast.chair)
    elif how == "stale":
        cast.resident.email = "somebody.else@example.org"
        cast.resident.save()
    elif how == "inactive":
        cast.chair.is_active = False
        cast.chair.save()
    elif how == "gone":
        cast.resident.delete()


@pytest.mark.parametrize(
    ("how", "state"),
    [
        ("expired", LinkState.EXPIRED),
        ("revoked", LinkState.REVOKED),
        ("stale", LinkState.STALE),
        ("inactive", LinkState.REVOKED),
        ("gone", LinkState.STALE),
    ],
)
def test_a_dead_link_does_nothing_and_says_why(cast, link, site_client, how, state):
    kill(link, cast, how)
    fresh = SignedLink.objects.select_related("person").get(pk=link.pk)
    assert state_of(fresh) == state
    with pytest.raises(LinkNotUsable) as refused:
        actions.use_link(token_of(link))
    assert refused.value.state == state
    client = site_client()
    client.post(path(link))
    page = client.get(path(link)).content.decode()
    assert "Rename" not in page
    assert not AuditEvent.objects.filter(event=Event.LINK_USED).exists()


def test_it_dies_with_the_role(cast, purpose):
    role = BoardRole.objects.get(person=cast.member)
    link = actions.issue_link(cast.member, NAME, cast.resident, role=role)
    assert state_of(link) == LinkState.LIVE
    actions.end_role(role, by=cast.chair)
    link.refresh_from_db()
    assert state_of(link) == LinkState.REVOKED


def test_it_dies_with_a_role_that_ended_by_date(cast, purpose):
    role = BoardRole.objects.get(person=cast.member)
    link = actions.issue_link(cast.member, NAME, cast.resident, role=role)
    BoardRole.objects.filter(pk=role.pk).update(until=timezone.localdate())
    assert state_of(link) == LinkState.REVOKED


def test_the_row_alone_does_not_open_it(link):
    kept = str(SignedLink.objects.values_list().get(pk=link.pk))
    assert token_of(link) not in kept


def test_unknown_tokens_are_not_found(site_client, camden):
    assert site_client().get("/accounts/links/nonsense/").status_code == 404
    assert site_client().post("/accounts/links/nonsense/").status_code == 404
    with pytest.raises(LinkNotUsable):
        actions.use_link("nonsense")


def test_an_unknown_purpose_is_a_mistake(cast):
    with pytest.raises(ValueError, match="Nobody registered"):
        actions.issue_link(cast.chair, "no.such.thing", cast.resident)


def test_a_purpose_is_registered_once(purpose):
    with pytest.raises(ValueError, match="registered twice"):
        register_purpose(LinkPurpose(name=NAME, title="x", question=str, perform=print))


# ---------------------------------------------------------------------------------------------- links with a form
class WordsForm(forms.Form):
    """A name for the person it is about."""

    words = forms.CharField(label="Words", max_length=20)

    def __init__(self, *args, obj, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["words"].help_text = f"Called {obj.name} now."


def rename_to(person, *, by, words):
    if words == "Refused":
        raise ValidationError({"words": "Somebody has this name."})
    person.name = words
    person.save()
    return person


def take_back(person, *, by, made):
    if User.objects.get(pk=made).name == "Kept":
        raise ValidationError("It is in use now.")
    User.objects.filter(pk=made).update(name="Resident")


@pytest.fixture
def with_form():
    """`with_form(**more)` registers a deed with a form about a person."""

    def make_purpose(**more):
        register_purpose(
            LinkPurpose(
                name=NAME,
                title="Rename",
                question=lambda person: f"Rename {person.name}?",
                perform=rename_to,
                undo=take_back,
                form=WordsForm,
                shows=lambda person: ("components/tag.html", {"text": f"Draft about {person.name}"}),
                **more,
            )
        )

    yield make_purpose
    del PURPOSES[NAME]


def test_a_form_stands_under_what_is_to_be_read_and_looking_changes_nothing(cast, with_form, site_client):
    with_form()
    link = actions.issue_link(cast.chair, NAME, cast.resident)
    response = site_client().get(path(link))
    page = response.content.decode()
    assert page.index("Draft about Resident") < page.index("Called Resident now.")
    assert (response["X-Robots-Tag"], "no-store" in response["Cache-Control"]) == ("noindex", True)
    link.refresh_from_db()
    assert (link.used_at, LinkUse.objects.count()) == (None, 0)


@pytest.mark.parametrize(
    ("typed", "says"),
    [("A name that is much too long", "at most 20 characters"), ("Refused", "Somebody has this name.")],
)
def test_what_is_refused_stands_at_its_field_with_what_was_typed(cast, with_form, site_client, typed, says):
    with_form()
    link = actions.issue_link(cast.chair, NAME, cast.resident)
    page = site_client().post(path(link), {"words": typed})
    words = page.content.decode()
    assert (says in words, f'value="{typed}"' in words, 'href="#id_words"' in words) == (True, True, True)
    assert page["X-Robots-Tag"] == "noindex"
    cast.resident.refresh_from_db()
    link.refresh_from_db()
    assert (cast.resident.name, link.used_at, LinkUse.objects.count()) == ("Resident", None, 0)
    assert not AuditEvent.objects.filter(event=Event.LINK_USED).exists()


def test_clean_data_goes_to_the_action_and_undo_finds_what_it_made(cast, with_form, site_client):
    with_form()
    link = actions.issue_link(cast.chair, NAME, cast.resident)
    client = site_client()
    client.post(path(link), {"words": " Renamed "})
    assert User.objects.get(pk=cast.resident.pk).name == "Renamed"
    assert LinkUse.objects.get().made == str(cast.resident.pk)
    assert "snb_session" not in client.cookies
    client.post(path(link), {"do": "undo"})
    assert User.objects.get(pk=cast.resident.pk).name == "Resident"
    assert LinkUse.objects.get().undone_at is not None
    assert "Taken back." in client.get(path(link)).content.decode()


def test_undo_that_is_refused_says_why_and_changes_nothing(cast, with_form, site_client):
    with_form()
    link = actions.issue_link(cast.chair, NAME, cast.resident)
    actions.use_link(token_of(link), words="Kept")
    page = site_client().post(path(link), {"do": "undo"}).content.decode()
    assert "It is in use now." in page
    link.refresh_from_db()
    assert (link.undone_at, LinkUse.objects.get().undone_at) == (None, None)


def test_a_link_that_repeats_counts_each_use_and_tells_once_a_day(cast, with_form, site_client):
    with_form(repeats=True, lasts=timedelta(days=14))
    link = actions.issue_link(cast.chair, NAME, cast.resident)
    assert timedelta(days=13) < link.expires_at - timezone.now() < timedelta(days=15)
    client = site_client()
    for words in ("One", "Two"):
        client.post(path(link), {"words": words})
    link.refresh_from_db()
    assert (link.used_at, link.uses.count(), state_of(link)) == (None, 2, LinkState.LIVE)
    assert AuditEvent.objects.filter(event=Event.LINK_USED).count() == 2
    notifications.send_link_used.call(link.pk)
    assert [letter.to for letter in mail.outbox] == [[cast.chair.email]]
    page = client.get(path(link)).content.decode()
    assert page.count('name="use"') == 2
    first = link.uses.last()
    client.post(path(link), {"do": "undo", "use": first.pk})
    first.refresh_from_db()
    assert first.undone_at is not None
    assert link.uses.get(undone_at__isnull=True).pk != first.pk
    with pytest.raises(LinkNotUsable):
        actions.undo_link(token_of(link), first.pk)
    for nonsense in ("x", "9" * 30, "-1"):
        assert client.post(path(link), {"do": "undo", "use": nonsense}).status_code in {200, 302}


def test_notices_of_a_link_that_repeats(cast, with_form):
    from django_tasks_db.models import DBTaskResult

    with_form(repeats=True)
    link = actions.issue_link(cast.chair, NAME, cast.resident)
    told = DBTaskResult.objects.filter(task_path="snb.people.notifications.send_link_used")
    actions.use_link(token_of(link), words="One")
    actions.use_link(token_of(link), words="Two")
    assert told.count() == 1
    LinkUse.objects.update(at=timezone.now() - timedelta(days=2))
    actions.use_link(token_of(link), words="Three")
    assert told.count() == 2


@pytest.mark.parametrize("how", ["expired", "revoked", "inactive"])
def test_a_dead_link_with_a_form_takes_nothing_in(cast, with_form, site_client, how):
    with_form(repeats=True)
    link = actions.issue_link(cast.chair, NAME, cast.resident)
    kill(link, cast, how)
    page = site_client().post(path(link), {"words": "Renamed"}, follow=True).content.decode()
    assert ("Draft about" in page, "id_words" in page) == (False, False)
    assert (LinkUse.objects.count(), User.objects.get(pk=cast.resident.pk).name) == (0, "Resident")


def test_using_a_link_confirms_the_address(cast, purpose):
    person = actions.person_with_address("Guest@Example.org")
    assert not person.emailaddress_set.filter(verified=True).exists()
    actions.use_link(token_of(actions.issue_link(person, NAME, cast.resident)))
    assert person.emailaddress_set.get(verified=True).email == "guest@example.org"


def test_an_address_has_one_account_however_it_is_written(cast):
    person = actions.person_with_address(" New@Example.org ")
    assert actions.person_with_address("new@example.ORG") == person
    assert actions.person_with_address(cast.chair.email.upper()) == cast.chair
    events = AuditEvent.objects.filter(event=Event.PERSON_JOINED)
    assert [event.object_id for event in events] == [str(person.pk)]


def test_who_has_a_live_link_or_is_needed_is_not_removed(cast, purpose, monkeypatch):
    waits, late, needed = (actions.person_with_address(f"{name}@example.org") for name in "abc")
    User.objects.filter(pk__in=[waits.pk, late.pk, needed.pk]).update(
        date_joined=timezone.now() - timedelta(days=9)
    )
    actions.issue_link(waits, NAME, cast.resident)
    actions.issue_link(late, NAME, cast.resident, expires=timezone.now() - timedelta(minutes=1))
    monkeypatch.setattr(accounts, "SPARED", [])
    actions.spare_unconfirmed(lambda: [needed.pk])
    assert actions.remove_unconfirmed() == 1
    assert set(User.objects.filter(pk__in=[waits.pk, late.pk, needed.pk])) == {waits, needed}


# ---------------------------------------------------------------------------------------------- lost factors
@pytest.fixture
def reset(cast, site_client):
    make.use_second_factor(site_client(None, cast.member), cast.member)
    return actions.ask_for_reset(cast.member)


def pass_a_day():
    FactorReset.objects.update(confirmed_at=timezone.now() - timedelta(hours=24))


def test_reset_takes_a_second_person_and_a_day(cast, reset):
    assert actions.finish_resets() == 0
    actions.confirm_reset(reset, by=cast.secretary)
    assert actions.finish_resets() == 0
    assert Authenticator.objects.filter(user=cast.member).exists()
    pass_a_day()
    assert actions.finish_resets() == 1
    assert actions.finish_resets() == 0
    assert not Authenticator.objects.filter(user=cast.member).exists()
    reset.refresh_from_db()
    assert reset.state == ResetState.DONE


@pytest.mark.parametrize("who", ["member", "editor", "resident", "other_chair", "oversight", "panel_chair"])
def test_reset_is_confirmed_by_whoever_may_give_the_role(cast, reset, who):
    with pytest.raises(PermissionDenied):
        actions.confirm_reset(reset, by=getattr(cast, who))


def test_reset_of_a_chair_may_be_confirmed_by_oversight(cast, site_client):
    make.use_second_factor(site_client(None, cast.chair), cast.chair)
    reset = actions.ask_for_reset(cast.chair)
    with pytest.raises(PermissionDenied):
        actions.confirm_reset(reset, by=cast.chair)
    actions.confirm_reset(reset, by=cast.oversight)


def test_reset_of_a_resident_is_confirmed_by_the_board_of_their_ward(cast, highgate, site_client):
    actions.confirm_by_roll(cast.resident, highgate, by=cast.chair)
    make.use_second_factor(site_client(None, cast.resident), cast.resident)
    reset = actions.ask_for_reset(cast.resident)
    with pytest.raises(PermissionDenied):
        actions.confirm_reset(reset, by=cast.other_chair)
    actions.confirm_reset(reset, by=cast.chair)


def test_reset_is_told_and_can_be_stopped_by_its_person(cast, reset, site_client):
    actions.confirm_reset(reset, by=cast.chair)
    for link in SignedLink.objects.order_by("pk"):
        notifications.send_reset_confirmed.call(reset.pk, link.pk)
    client = site_client()
    stop = path(SignedLink.objects.latest("pk"))
    assert stop in mail.outbox[-1].body
    client.get(stop)
    client.post(stop)
    reset.refresh_from_db()
    assert reset.state == ResetState.STOPPED
    pass_a_day()
    assert actions.finish_resets() == 0
    assert Authenticator.objects.filter(user=cast.member).exists()


def test_reset_is_asked_once(cast, reset):
    assert actions.ask_for_reset(cast.member) == reset
    assert AuditEvent.objects.filter(event=Event.FACTOR_RESET_ASKED).count() == 1


def test_reset_without_a_factor_is_refused(cast):
    with pytest.raises(ValidationError):
        actions.ask_for_reset(cast.resident)


def test_reset_nobody_confirms_lapses(cast, reset):
    FactorReset.objects.update(asked_at=timezone.now() - timedelta(days=8))
    actions.finish_resets()
    reset.refresh_from_db()
    assert reset.state == ResetState.STOPPED


def test_reset_is_asked_after_the_first_step_only(cast, site_client):
    make.use_second_factor(site_client(None, cast.member), cast.member)
    client = site_client()
    assert client.get("/accounts/2fa/lost/")["Location"] == "/accounts/login/"
    client.post("/accounts/login/", {"login": cast.member.email, "password": "a-long-password"})
    assert "recovery codes" in client.get("/accounts/2fa/lost/").content.decode()
    assert not FactorReset.objects.exists()
    client.post("/accounts/2fa/lost/")
    assert FactorReset.objects.get().person == cast.member
    assert "speak with one of them" in client.get("/accounts/2fa/lost/").content.decode()
    assert "_auth_user_id" not in client.session


def test_reset_mails_keep_names_out(cast, reset):
    notifications.send_reset_request.call(reset.pk, [cast.chair.pk])
    assert cast.member.email not in mail.outbox[-1].body
    assert mail.outbox[-1].subject == "Something waits for you"
