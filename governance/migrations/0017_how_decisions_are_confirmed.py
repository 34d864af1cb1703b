from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

FACTOR = models.CharField(max_length=20)
#: Added without a default: decisions from before say nothing.
FACTORS = {"blank": True, "null": True, "verbose_name": "confirmed with"}
SINCE = models.DateTimeField(blank=True, null=True, verbose_name="factors given")


class Migration(migrations.Migration):
    """Decisions tell with which factors they were confirmed; those from before say nothing."""

    dependencies = [
        ("governance", "0016_disputes_of_signatures"),
    ]

    operations = [
        operation
        for model in ("decision", "historicaldecision")
        for operation in (
            migrations.AddField(model_name=model, name="factors", field=ArrayField(FACTOR, **FACTORS)),
            migrations.AlterField(model_name=model, name="factors", field=ArrayField(FACTOR, default=list, **FACTORS)),
            migrations.AddField(model_name=model, name="factor_since", field=SINCE),
        )
    ]
