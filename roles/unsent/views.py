"""Answer to a form whose token is refused (CSRF_FAILURE_VIEW)."""

from django.http import HttpRequest, HttpResponse

from core.access import reader
from core.pages.refusals import views as refusals
from roles.accounts.limits import digest_account, find_last_account
from roles.unsent.posts import keep_post


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Show a form of our own pages again, unsent: its reader signed in again since. Answer 403 to any other."""
    if is_from_here(request):
        signed_in = request.user.is_authenticated
        account = digest_account(reader(request).email) if signed_in else find_last_account(request)
        answer = keep_post(request, account)
        if answer:
            return answer
    return refusals.csrf_failure(request, reason)


def is_from_here(request: HttpRequest) -> bool:
    """Return whether the browser says that a page of ours sent the request."""
    own = f"{request.scheme}://{request.get_host()}"
    return (
        request.headers.get("Origin") == own and request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    )
