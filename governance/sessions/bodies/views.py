"""Pages of bodies."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from governance.sessions.bodies import services
from governance.sessions.bodies.forms import BodyForm
from governance.sessions.bodies.models import Body
from governance.sessions.bodies.queries import describe_usual
from projects.form_views import RowFormView


class BodyFormView(RowFormView):
    """Found a body, filled in as a usual one that the address names, or change one."""

    model = Body
    pk_url_kwarg = "body_id"
    permission = "governance.write_body"
    form_class = BodyForm
    service = services.write_body
    new_title = _("Add a body")
    title = _("Change a body")
    lede = _("The owner decides. A session only shows it.")
    button = _("Save the body")
    done = _("The body is saved.")
    back_label = _("Sessions")
    back_url_name = "governance:sittings:session_list"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Fill in the usual body of the address."""
        usual = {} if self.row else describe_usual(self.project, self.request.GET.get("kind", ""))
        return super().get_form_kwargs() | usual
