from django.db import migrations, models


class Migration(migrations.Migration):
    """Decisions tell which opinions were impossible; those from before tell of none."""

    dependencies = [
        ("governance", "0003_file_as_it_was_read"),
    ]

    operations = [
        migrations.AddField(
            model_name=model,
            name="impossible",
            field=models.JSONField(
                blank=True, db_default={}, default=dict, verbose_name="opinions that were impossible"
            ),
        )
        for model in ("decision", "historicaldecision")
    ]
