from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("governance", "0009_stored_records")]

    operations = [
        migrations.AddField(
            model_name=model,
            name="settled",
            field=models.JSONField(blank=True, db_default=[], default=list, verbose_name="words on what was missing or open"),
        )
        for model in ("decision", "historicaldecision")
    ]
