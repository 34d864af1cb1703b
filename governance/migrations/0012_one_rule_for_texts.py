from django.db import migrations


class Migration(migrations.Migration):
    """A trigger asks of an answer what it asks of every text: three letters or digits, not ten."""

    dependencies = [("governance", "0011_what_a_proposal_rests_on")]

    operations = [
        migrations.RemoveConstraint(model_name="discharge", name="an_answer_has_its_evidence_or_reason"),
    ]
