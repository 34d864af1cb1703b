from typing import Any

from django.db import migrations

INSTALLATION = 'installation@ouvrage.invalid'
NOBODY = {'is_active': False, 'is_superuser': False, 'password__startswith': '!'}


def close_it(apps: Any, schema_editor: Any) -> None:
    """Close the account of the installation where somebody opened it or gave it a password."""
    opened = apps.get_model('roles', 'User').objects.filter(email=INSTALLATION).exclude(**NOBODY)
    opened.update(**{'is_active': False, 'is_superuser': False, 'password': '!'})


class Migration(migrations.Migration):

    dependencies = [('roles', '0008_check_absences')]

    operations = [migrations.RunPython(close_it, migrations.RunPython.noop, elidable=True)]
