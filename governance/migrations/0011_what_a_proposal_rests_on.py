from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("governance", "0010_words_on_what_is_open")]

    operations = [
        migrations.AddField(
            model_name=model,
            name="rests_on",
            field=models.JSONField(blank=True, db_default=[], default=list, verbose_name="what it rests on"),
        )
        for model in ("proposaldraft", "proposalrevision", "historicalproposaldraft", "historicalproposalrevision")
    ]
