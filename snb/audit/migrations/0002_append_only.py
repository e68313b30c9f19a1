"""Events are append-only by the database itself, whoever asks: nothing is changed, and only whole dropped months go.

- an event is never changed;
- an event is deleted only while its month's seal says `dropping`, which `snb.audit.actions.drop_month` sets and takes back in one
  transaction;
- no event is added to a sealed month;
- a seal is never deleted, its month, count, hash and time never change, and once dropped it changes no more;
- on PostgreSQL neither table can be truncated; on SQLite `INSERT OR REPLACE`, which deletes without asking, is refused.

A refusal reaches Django as an IntegrityError. A later migration that makes SQLite rebuild one of the tables loses its triggers:
run `install` again at its end (the check audit.E001 says so).
"""

from django.db import migrations

SQLITE = {
    "auditevent_unchanged": """
        CREATE TRIGGER auditevent_unchanged BEFORE UPDATE ON audit_auditevent
        BEGIN SELECT RAISE(ABORT, 'Audit events are never changed.'); END""",
    "auditevent_kept": """
        CREATE TRIGGER auditevent_kept BEFORE DELETE ON audit_auditevent
        WHEN NOT EXISTS (SELECT 1 FROM audit_auditseal WHERE month = substr(OLD.at, 1, 7) AND dropping)
        BEGIN SELECT RAISE(ABORT, 'Audit events are deleted only by whole sealed months.'); END""",
    "auditevent_not_into_sealed": """
        CREATE TRIGGER auditevent_not_into_sealed BEFORE INSERT ON audit_auditevent
        WHEN EXISTS (SELECT 1 FROM audit_auditseal WHERE month = substr(NEW.at, 1, 7))
          OR EXISTS (SELECT 1 FROM audit_auditevent WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'No audit event is added to a sealed month or in place of another.'); END""",
    "auditseal_unchanged": """
        CREATE TRIGGER auditseal_unchanged BEFORE UPDATE ON audit_auditseal
        WHEN OLD.dropped_at IS NOT NULL OR NEW.month IS NOT OLD.month OR NEW.events IS NOT OLD.events
          OR NEW.sha256 IS NOT OLD.sha256 OR NEW.sealed_at IS NOT OLD.sealed_at
        BEGIN SELECT RAISE(ABORT, 'Audit seals are never changed.'); END""",
    "auditseal_kept": """
        CREATE TRIGGER auditseal_kept BEFORE DELETE ON audit_auditseal
        BEGIN SELECT RAISE(ABORT, 'Audit seals are never deleted.'); END""",
    "auditseal_once": """
        CREATE TRIGGER auditseal_once BEFORE INSERT ON audit_auditseal
        WHEN NEW.dropping OR NEW.dropped_at IS NOT NULL OR EXISTS (SELECT 1 FROM audit_auditseal WHERE month = NEW.month)
        BEGIN SELECT RAISE(ABORT, 'A month is sealed once.'); END""",
}

POSTGRESQL_FUNCTIONS = """
    CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation';
    END $$;
    CREATE OR REPLACE FUNCTION audit_event_delete() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM audit_auditseal
                       WHERE month = to_char(OLD.at AT TIME ZONE 'UTC', 'YYYY-MM') AND dropping) THEN
            RAISE EXCEPTION 'Audit events are deleted only by whole sealed months.' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END $$;
    CREATE OR REPLACE FUNCTION audit_event_insert() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM audit_auditseal WHERE month = to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM')) THEN
            RAISE EXCEPTION 'No audit event is added to a sealed month.' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE OR REPLACE FUNCTION audit_seal_insert() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.dropping OR NEW.dropped_at IS NOT NULL THEN
            RAISE EXCEPTION 'A month is sealed once.' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE OR REPLACE FUNCTION audit_seal_update() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.dropped_at IS NOT NULL OR NEW.month IS DISTINCT FROM OLD.month OR NEW.events IS DISTINCT FROM OLD.events
           OR NEW.sha256 IS DISTINCT FROM OLD.sha256 OR NEW.sealed_at IS DISTINCT FROM OLD.sealed_at THEN
            RAISE EXCEPTION 'Audit seals are never changed.' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
"""

POSTGRESQL = {
    "auditevent_unchanged": """
        CREATE TRIGGER auditevent_unchanged BEFORE UPDATE ON audit_auditevent FOR EACH ROW
        EXECUTE FUNCTION audit_refuse('Audit events are never changed.')""",
    "auditevent_kept": """
        CREATE TRIGGER auditevent_kept BEFORE DELETE ON audit_auditevent FOR EACH ROW EXECUTE FUNCTION audit_event_delete()""",
    "auditevent_not_into_sealed": """
        CREATE TRIGGER auditevent_not_into_sealed BEFORE INSERT ON audit_auditevent FOR EACH ROW
        EXECUTE FUNCTION audit_event_insert()""",
    "auditevent_not_truncated": """
        CREATE TRIGGER auditevent_not_truncated BEFORE TRUNCATE ON audit_auditevent FOR EACH STATEMENT
        EXECUTE FUNCTION audit_refuse('Audit events are deleted only by whole sealed months.')""",
    "auditseal_unchanged": """
        CREATE TRIGGER auditseal_unchanged BEFORE UPDATE ON audit_auditseal FOR EACH ROW EXECUTE FUNCTION audit_seal_update()""",
    "auditseal_kept": """
        CREATE TRIGGER auditseal_kept BEFORE DELETE ON audit_auditseal FOR EACH ROW
        EXECUTE FUNCTION audit_refuse('Audit seals are never deleted.')""",
    "auditseal_once": """
        CREATE TRIGGER auditseal_once BEFORE INSERT ON audit_auditseal FOR EACH ROW EXECUTE FUNCTION audit_seal_insert()""",
    "auditseal_not_truncated": """
        CREATE TRIGGER auditseal_not_truncated BEFORE TRUNCATE ON audit_auditseal FOR EACH STATEMENT
        EXECUTE FUNCTION audit_refuse('Audit seals are never deleted.')""",
}


def triggers(vendor):
    """Name to statement, for one kind of database."""
    return POSTGRESQL if vendor == "postgresql" else SQLITE


def table_of(name):
    """The table a trigger is on."""
    return f"audit_{name.split('_')[0]}"


def install(apps, schema_editor):
    """Make the triggers; those that are there already are made anew."""
    remove(apps, schema_editor)
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_FUNCTIONS, params=None)
    for statement in triggers(vendor).values():
        schema_editor.execute(statement, params=None)


def remove(apps, schema_editor):
    """Take the triggers away."""
    vendor = schema_editor.connection.vendor
    for name in triggers(vendor):
        on = f" ON {table_of(name)}" if vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}{on}", params=None)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
