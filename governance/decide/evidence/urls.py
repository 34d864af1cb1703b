"""URLs of documents."""

from django.urls import path

from governance.decide.evidence import views

app_name = "evidence"
urlpatterns = [
    path("projects/<code:code>/documents/", views.project_documents, name="project_documents"),
    path("documents/<int:document_id>/replace/", views.document_replace, name="document_replace"),
    path("documents/<int:document_id>/versions/<int:number>/", views.document_version, name="document_version"),
    path("proposals/<int:proposal_id>/evidence/", views.proposal_evidence, name="proposal_evidence"),
    path("proposals/<int:proposal_id>/evidence/attach/", views.evidence_attach, name="evidence_attach"),
    path(
        "proposals/<int:proposal_id>/evidence/<int:document_id>/detach/",
        views.evidence_detach,
        name="evidence_detach",
    ),
    path(
        "proposals/<int:proposal_id>/evidence/<int:document_id>/replace/",
        views.evidence_replace,
        name="evidence_replace",
    ),
]
