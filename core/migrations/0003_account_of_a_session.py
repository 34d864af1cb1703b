import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_sessions_with_their_account'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    # The column and its index stay as they are.
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField(model_name='accountsession', name='account_id'),
                migrations.AddField(
                    model_name='accountsession',
                    name='account',
                    field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='account'),
                ),
            ],
        ),
    ]
