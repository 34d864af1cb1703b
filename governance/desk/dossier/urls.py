"""URLs of the dossier."""

from django.urls import path

from governance.desk.dossier import condition_views, edit_views, views

app_name = "dossier"
urlpatterns = [
    path("proposals/<int:proposal_id>/", views.dossier, name="dossier"),
    path("proposals/<int:proposal_id>/file.<slug:kind>", views.dossier_file, name="dossier_file"),
    path("proposals/<int:proposal_id>/history/", views.history, name="dossier_history"),
    path("proposals/<int:proposal_id>/revisions/<int:number>/", views.revision, name="dossier_revision"),
    path("proposals/<int:proposal_id>/submit/", edit_views.submit_view, name="proposal_submit"),
    path("proposals/<int:proposal_id>/withdraw/", edit_views.WithdrawView.as_view(), name="proposal_withdraw"),
    path("proposals/<int:proposal_id>/take-up/", edit_views.take_up_view, name="proposal_take_up"),
    path("proposals/<int:proposal_id>/advise/", edit_views.AdviseView.as_view(), name="proposal_advise"),
    path("proposals/<int:proposal_id>/decide/", edit_views.DecideView.as_view(), name="proposal_decide"),
    path(
        "proposals/<int:proposal_id>/binding-opinion/",
        edit_views.NoteBindingView.as_view(),
        name="proposal_note_binding",
    ),
    path("conditions/<int:condition_id>/prove/", condition_views.ProveView.as_view(), name="condition_prove"),
    path("conditions/<int:condition_id>/lift/", condition_views.LiftView.as_view(), name="condition_lift"),
    path("conditions/<int:condition_id>/waive/", condition_views.WaiveView.as_view(), name="condition_waive"),
]
