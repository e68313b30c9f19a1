"""Field classes and retention of every model that is not ours: one table, checked by a test.

A key is a model's label, or the dotted path of an abstract model whose fields ours inherit. The audit record
stands here too: it lies below this room and cannot import from it.
"""

# ruff: noqa: S106 -- `secret` is a class of fields here, not a secret

from __future__ import annotations

from datetime import timedelta

from snb.privacy.enums.classes import Privacy

WITH_ACCOUNT = "As long as the person's account."
WITH_PAGE = "As long as the page, picture or document it is about."
WITH_GROUP = "As long as the board's editors' group."
REFERENCE = "Reference data, kept."
UNUSED = "Not used by the portal: no rows."
SIX_YEARS = timedelta(days=6 * 365 + 2)

_IMAGE_FILE = (
    "title file description width height created_at focal_point_x focal_point_y focal_point_width "
    "focal_point_height "
    "file_size file_hash tags collection"
)

THIRD_PARTY: dict[str, Privacy] = {
    # ------------------------------ audit
    "audit.AuditEvent": Privacy(
        board="id at event board object_type object_id data",
        personal="actor",
        keep="Six years (snb.audit.enums.KEEP_YEARS) from the end of the month, then dropped by whole "
        "sealed months. The actor is a "
        "public id, which leads to nobody once the account is deleted.",
    ),
    "audit.AuditSeal": Privacy(
        public="month events sha256 sealed_at dropping dropped_at", keep="Kept for good."
    ),
    "audit.Epoch": Privacy(public="board number", keep="As long as the board exists."),
    # ------------------------------ Django
    "auth.Group": Privacy(board="id name permissions", keep="As long as the board exists."),
    "auth.Permission": Privacy(public="id name content_type codename", keep=REFERENCE),
    "contenttypes.ContentType": Privacy(public="id app_label model", keep=REFERENCE),
    "sessions.Session": Privacy(
        personal="session_data expire_date",
        secret="session_key",
        keep="Until the session ends or two weeks have passed without a visit.",
        after=timedelta(0),
        since="expire_date",
    ),
    # ------------------------------ allauth
    "account.EmailAddress": Privacy(personal="id user email verified primary", keep=WITH_ACCOUNT),
    "account.EmailConfirmation": Privacy(
        personal="id email_address created sent",
        secret="key",
        keep="Seven days. Not written at present: confirmations are signed, not stored.",
        after=timedelta(days=7),
        since="created",
    ),
    "mfa.Authenticator": Privacy(
        personal="id user type created_at last_used_at",
        secret="data",
        keep="As long as the person's account, or until they take the second factor away. TOTP secrets and "
        "recovery seeds are sealed; a "
        "passkey's row holds a public key.",
    ),
    "usersessions.UserSession": Privacy(
        personal="id user created_at ip last_seen_at user_agent data",
        secret="session_key",
        keep="Until signed out; 15 days after it was last used at most.",
        after=timedelta(days=15),
        since="last_seen_at",
    ),
    # ------------------------------ tasks
    "django_tasks_database.DBTaskResult": Privacy(
        board="id status enqueued_at started_at finished_at priority task_path worker_ids queue_name "
        "backend_name run_after "
        "exception_class_path",
        personal="args_kwargs return_value traceback",
        keep="Seven days after it was enqueued, once it ran or was killed; arguments are ids only.",
        after=timedelta(days=7),
        since="enqueued_at",
        where={"status__in": ["RUNNING", "SUCCESSFUL", "FAILED"]},
    ),
    # ------------------------------ Wagtail: pages
    "wagtailcore.Page": Privacy(
        public="id path depth numchild translation_key locale live first_published_at last_published_at "
        "go_live_at expire_at expired "
        "title slug content_type url_path alias_of show_in_menus seo_title search_description",
        board="latest_revision has_unpublished_changes live_revision locked locked_at draft_title "
        "latest_revision_created_at",
        personal="locked_by owner",
        keep="As long as the board.",
    ),
    "wagtailcore.Revision": Privacy(
        board="id content_type base_content_type object_id created_at object_str content approved_go_live_at",
        personal="user",
        keep=WITH_PAGE,
    ),
    "wagtailcore.PageLogEntry": Privacy(
        board="id content_type label action data timestamp uuid revision content_changed deleted page",
        personal="user",
        keep="Six years.",
        after=SIX_YEARS,
        since="timestamp",
    ),
    "wagtailcore.ModelLogEntry": Privacy(
        board="id content_type label action data timestamp uuid revision content_changed deleted object_id",
        personal="user",
        keep="Six years.",
        after=SIX_YEARS,
        since="timestamp",
    ),
    "wagtailcore.Locale": Privacy(public="id language_code", keep=REFERENCE),
    "wagtailcore.Site": Privacy(
        public="id hostname port site_name root_page is_default_site", keep="As long as the board exists."
    ),
    "wagtailcore.Collection": Privacy(
        public="id path depth numchild name", keep="As long as the board exists."
    ),
    "wagtailcore.ReferenceIndex": Privacy(
        public="id content_type base_content_type object_id to_content_type to_object_id model_path "
        "content_path content_path_hash",
        keep=WITH_PAGE,
    ),
    "wagtailcore.UploadedFile": Privacy(
        board="id for_content_type file",
        personal="uploaded_by_user",
        keep="Until the upload is finished. A picture is made again from its pixels before it is laid aside.",
    ),
    "wagtailcore.PageSubscription": Privacy(personal="id user page comment_notifications", keep=WITH_ACCOUNT),
    "wagtailcore.Comment": Privacy(
        board="id page text contentpath position created_at updated_at revision_created resolved_at",
        personal="user resolved_by",
        keep=UNUSED,
    ),
    "wagtailcore.CommentReply": Privacy(
        board="id comment text created_at updated_at", personal="user", keep=UNUSED
    ),
    # ------------------------------ Wagtail: who may
    "wagtailcore.GroupSitePermission": Privacy(board="id group site permission", keep=WITH_GROUP),
    "wagtailcore.GroupPagePermission": Privacy(board="id group page permission", keep=WITH_GROUP),
    "wagtailcore.GroupCollectionPermission": Privacy(board="id group collection permission", keep=WITH_GROUP),
    "wagtailcore.PageViewRestriction": Privacy(
        board="id restriction_type page groups", secret="password", keep=UNUSED
    ),
    "wagtailcore.CollectionViewRestriction": Privacy(
        board="id restriction_type collection groups", secret="password", keep=UNUSED
    ),
    "wagtailcore.APIToken": Privacy(
        personal="id user name prefix created revoked_at last_used_at", secret="key_hash", keep=UNUSED
    ),
    # ------------------------------ Wagtail: workflow, switched off
    "wagtailcore.Workflow": Privacy(board="id name active", keep=UNUSED),
    "wagtailcore.WorkflowTask": Privacy(board="id sort_order workflow task", keep=UNUSED),
    "wagtailcore.WorkflowPage": Privacy(board="page workflow", keep=UNUSED),
    "wagtailcore.WorkflowContentType": Privacy(board="content_type workflow", keep=UNUSED),
    "wagtailcore.WorkflowState": Privacy(
        board="id content_type base_content_type object_id workflow status created_at current_task_state",
        personal="requested_by",
        keep=UNUSED,
    ),
    "wagtailcore.Task": Privacy(board="id name content_type active", keep=UNUSED),
    "wagtailcore.GroupApprovalTask": Privacy(board="groups", keep=UNUSED),
    "wagtailcore.TaskState": Privacy(
        board="id workflow_state revision task status started_at finished_at comment content_type",
        personal="finished_by",
        keep=UNUSED,
    ),
    # ------------------------------ Wagtail: the rest
    "wagtailadmin.Admin": Privacy(board="id", keep="Holds a permission; no rows."),
    "wagtailadmin.EditingSession": Privacy(
        board="id content_type object_id last_seen_at is_editing",
        personal="user",
        keep="One day.",
        after=timedelta(days=1),
        since="last_seen_at",
    ),
    "wagtailadmin.FormState": Privacy(
        board="id content_type object_id parent_object_id last_updated_at data",
        personal="user",
        keep="Thirty days: an editor's unsaved form.",
        after=timedelta(days=30),
        since="last_updated_at",
    ),
    "wagtailusers.UserProfile": Privacy(
        personal="id user submitted_notifications approved_notifications rejected_notifications "
        "updated_comments_notifications "
        "preferred_language current_time_zone avatar dismissibles theme contrast density keyboard_shortcuts",
        keep=WITH_ACCOUNT,
    ),
    "modelsearch.abstract_models.BaseIndexEntry": Privacy(board="id content_type object_id title_norm"),
    "modelsearch.abstract_models.AbstractPostgresIndexEntry": Privacy(
        board="autocomplete title body title_text body_text"
    ),
    "modelsearch.abstract_models.AbstractSQLiteIndexEntry": Privacy(board="autocomplete title body"),
    "modelsearch.abstract_models.AbstractSQLiteFTSIndexEntry": Privacy(board="autocomplete title body"),
    "wagtailsearch.IndexEntry": Privacy(keep=WITH_PAGE),
    "wagtailsearch.SQLiteFTSIndexEntry": Privacy(board="index_entry", keep=WITH_PAGE),
    "wagtail.images.models.AbstractImage": Privacy(board=f"id {_IMAGE_FILE}", personal="uploaded_by_user"),
    "wagtail.images.models.AbstractRendition": Privacy(
        public="id filter_spec file width height focal_point_key"
    ),
    "wagtail.documents.models.AbstractDocument": Privacy(
        board="id collection title file created_at file_size file_hash tags", personal="uploaded_by_user"
    ),
    "wagtailimages.Image": Privacy(keep="Not used: pictures are cms.PortalImage."),
    "wagtailimages.Rendition": Privacy(public="image", keep="Not used: pictures are cms.PortalImage."),
    "wagtaildocs.Document": Privacy(keep="Not used: documents are cms.PortalDocument."),
    "wagtail.models.orderable.Orderable": Privacy(public="sort_order"),
    "taggit.Tag": Privacy(board="id name slug", keep="Not used: tags are off."),
    "taggit.TaggedItem": Privacy(board="id tag content_type object_id", keep="Not used: tags are off."),
}
