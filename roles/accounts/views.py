"""Views of the reader's preferences."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from core.acts import open_act
from roles.accounts.models import User

CHOICES = {"language": set(User.Language.values), "theme": {*User.Theme.values, "system"}}
YEAR = 365 * 24 * 3600


@login_not_required
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Save a language or a theme, on the account or in a cookie for visitors, and redirect to `next`."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    chosen = {name: request.POST[name] for name, known in CHOICES.items() if request.POST.get(name) in known}
    if "system" in chosen.values():
        chosen["theme"] = ""
    if request.user.is_authenticated and chosen:
        choose(actor=request.user, chosen=chosen)
    for name, value in chosen.items():
        cookie = settings.LANGUAGE_COOKIE_NAME if name == "language" else name
        response.set_cookie(cookie, value, YEAR, secure=settings.HTTPS, httponly=True, samesite="Lax")
    return response


@open_act
def choose(*, actor: User, chosen: dict[str, str]) -> None:
    """Save the choices on the account of `actor`."""
    for name, value in chosen.items():
        setattr(actor, name, value)
    actor.save(update_fields=list(chosen))
