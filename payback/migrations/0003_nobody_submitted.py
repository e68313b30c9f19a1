"""Who sent a nomination is not on its timeline any more: what stands there cannot be taken back with it."""

from django.db import migrations


def forget_who_submitted(apps, schema_editor):
    """Empty the name beside the one milestone that a nominator reaches."""
    apps.get_model("payback", "Milestone").objects.filter(status="submitted").update(by=None)


class Migration(migrations.Migration):
    """Data only; there is no way back."""

    dependencies = [("payback", "0002_redaction")]
    operations = [migrations.RunPython(forget_who_submitted, migrations.RunPython.noop)]
