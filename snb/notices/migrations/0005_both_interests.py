"""Whoever followed a place asked to hear of it: of its votes as until now, and of its meetings. Links that were sent stay good."""

import uuid

from django.db import migrations
from django.utils import timezone

CONFIRM = "notices.follow.confirm"
VOTES, MEETINGS = "votes", "meetings"


def both(apps, schema_editor):
    """Links become requests; what was begun or stopped holds for meetings too; notices can still be stopped."""
    Follow, FollowRequest = apps.get_model("notices", "Follow"), apps.get_model("notices", "FollowRequest")
    Told, SignedLink = apps.get_model("notices", "Told"), apps.get_model("people", "SignedLink")

    unused = SignedLink.objects.filter(
        purpose=CONFIRM, object_type="notices.follow", used_at=None, revoked_at=None, expires_at__gt=timezone.now()
    )
    asked = [uuid.UUID(object_id) for object_id in set(unused.values_list("object_id", flat=True))]
    for follow in Follow.objects.filter(pk__in=asked):
        FollowRequest.objects.create(
            id=follow.pk,
            person_id=follow.person_id,
            board_id=follow.board_id,
            ward_id=follow.ward_id,
            interests=[VOTES, MEETINGS],
        )
    unused.update(object_type="notices.followrequest")
    Follow.objects.filter(confirmed_at=None, stopped_at=None).delete()

    Follow.objects.bulk_create(
        [
            Follow(
                person_id=follow.person_id,
                board_id=follow.board_id,
                ward_id=follow.ward_id,
                interest=MEETINGS,
                asked_at=follow.asked_at,
                confirmed_at=follow.confirmed_at,
                stopped_at=follow.stopped_at,
            )
            for follow in Follow.objects.filter(interest=VOTES)
        ],
        batch_size=1000,
    )
    Told.objects.filter(board__isnull=False).update(interest=VOTES)


def votes_only(apps, schema_editor):
    """Back to one row for a place; who had only asked asks again."""
    apps.get_model("notices", "Follow").objects.exclude(interest=VOTES, board__isnull=False).delete()


class Migration(migrations.Migration):

    dependencies = [
        ("notices", "0004_interests"),
        ("people", "0002_heldaddress"),
    ]

    operations = [migrations.RunPython(both, votes_only)]
