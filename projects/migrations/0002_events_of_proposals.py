
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("governance", "0001_initial"),
        ("projects", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name='ledgerevent',
            name='proposal',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.proposal', verbose_name='proposal'),
        ),
        migrations.AddIndex(
            model_name='ledgerevent',
            index=models.Index(fields=['proposal', 'seq'], name='event_by_proposal'),
        ),
    ]
