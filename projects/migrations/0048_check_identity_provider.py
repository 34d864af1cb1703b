from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Check the constraints of the migration before on the rows that are there, without a long lock."""

    dependencies = [('projects', '0047_identity_provider')]

    operations = [
        ValidateConstraint(model_name='credential', name='a_credential_has_a_known_kind'),
        ValidateConstraint(model_name='credential', name='a_passkey_has_its_public_key'),
        ValidateConstraint(model_name='organisationsettings', name='a_provider_is_of_a_known_kind'),
    ]
