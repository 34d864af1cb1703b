from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("governance", "0022_snoozed_tasks")]

    operations = [
        migrations.AddField(
            model_name=model,
            name="snapshot",
            field=models.JSONField(blank=True, db_default=[], default=list, verbose_name="figures of that moment"),
        )
        for model in ("proposalrevision", "historicalproposalrevision")
    ]
