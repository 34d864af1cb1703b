from django.db import migrations, models


class Migration(migrations.Migration):
    """A checkpoint holds salted heads and opens them beside its body; the first ones told them in it."""

    dependencies = [
        ("governance", "0004_impossible_opinions"),
    ]

    operations = [
        migrations.AddField(
            model_name="checkpoint",
            name="openings",
            field=models.JSONField(blank=True, db_default=[], default=list, verbose_name="opened heads"),
        ),
    ]
