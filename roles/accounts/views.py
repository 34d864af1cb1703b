"""Views of the reader's preferences."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from core.acts import open_act
from core.pages.cookies import keep_cookie
from roles.accounts.models import User

CHOICES = {
    "language": set(User.Language.values),
    "theme": {*User.Theme.values, "system"},
    "single_keys": {"on", "off"},
}
#: Cookies of another name than their choice: Django reads that of the language.
COOKIES = {"language": "django_language"}


@login_not_required
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Save a language, a theme or shortcuts of one key on the account, the first two in cookies too; go to `next`."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    chosen = {name: request.POST[name] for name, known in CHOICES.items() if request.POST.get(name) in known}
    if "system" in chosen.values():
        chosen["theme"] = ""
    if request.user.is_authenticated and chosen:
        choose(actor=request.user, chosen=chosen)
    chosen.pop("single_keys", None)  # of an account, not of a browser
    for name, value in chosen.items():
        keep_cookie(response, COOKIES.get(name, name), value)
    return response


@open_act
def choose(*, actor: User, chosen: dict[str, str]) -> None:
    """Save the choices on the account of `actor`."""
    for name, value in chosen.items():
        setattr(actor, name, value == "on" if name == "single_keys" else value)
    actor.save(update_fields=list(chosen))
