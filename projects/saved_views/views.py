"""List, save, rename and delete views of lists."""

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import reader
from core.pages.lists.models import SavedView
from projects.saved_views.forms import ListForm, NameForm, ViewForm
from projects.shortcuts import get_project_or_404


@require_GET
@vary_on_headers("HX-Request")
def view_list(request: HttpRequest) -> HttpResponse:
    """List the saved views of a list, for its menu or as a page; 404 for a list that the reader may not open."""
    form = ListForm(request.GET)
    if not form.is_valid():
        raise Http404
    if form.project_code:
        get_project_or_404(request, form.project_code)
    data = form.cleaned_data
    views = SavedView.objects.offered_to(reader(request), data["path"]).order_by("name", "pk")
    template = "projects/saved_views/view_list.html"
    partial = "#views" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"{template}{partial}", {"views": views, **data})


@require_POST
def view_save(request: HttpRequest) -> HttpResponse:
    """Save the address of a list under a name, or another address under a name of one's own.

    A view of a project's list may be shared with those who may open it. Answers 404 for a list that the reader may not.
    """
    form = ViewForm(request.POST)
    valid = form.is_valid()
    path, data = form.cleaned_data.get("path", "/"), form.cleaned_data
    code = form.project_code
    if code:
        get_project_or_404(request, code)
    if not valid:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect(path)
    new = {"query": data["query"], "shared": data["shared"] and bool(code)}
    SavedView.objects.update_or_create(person=reader(request), path=path, name=data["name"], defaults=new)
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": data["name"]})
    return redirect(f"{path}?{data['query']}" if data["query"] else path)


@require_POST
def view_rename(request: HttpRequest, view_id: int) -> HttpResponse:
    """Rename a view of one's own."""
    view, form = get_object_or_404(SavedView, pk=view_id, person=reader(request)), NameForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for error in form.errors["name"]))
        return redirect(view.url)
    view.name = form.cleaned_data["name"]
    try:
        with transaction.atomic():
            view.save(update_fields=["name"])
    except IntegrityError:
        messages.error(request, _("You already have a view of this name here. Enter another name."))
    else:
        messages.success(request, _("The view is now called “%(name)s”.") % {"name": view.name})
    return redirect(view.url)


@require_POST
def view_delete(request: HttpRequest, view_id: int) -> HttpResponse:
    """Delete a view of one's own."""
    view = get_object_or_404(SavedView, pk=view_id, person=reader(request))
    view.delete()
    messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view.name})
    return redirect(view.path)
