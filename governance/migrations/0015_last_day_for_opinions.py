from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0014_earlier_decisions'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalproposalrevision',
            name='advise_by',
            field=models.DateField(blank=True, null=True, verbose_name='last day for opinions'),
        ),
        migrations.AddField(
            model_name='proposalrevision',
            name='advise_by',
            field=models.DateField(blank=True, null=True, verbose_name='last day for opinions'),
        ),
    ]
