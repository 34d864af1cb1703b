"""URLs of responsibilities."""

from django.urls import path

from governance.desk.responsibilities import adapt_views, views

app_name = "responsibilities"
urlpatterns = [
    path("projects/<code:code>/roles/adapt/", adapt_views.roles_adapt, name="roles_adapt"),
    path("projects/<code:code>/roles/adapt/<slug:step>/", adapt_views.roles_adapt_step, name="roles_adapt_step"),
    path("projects/<code:code>/roles/", views.responsibilities, name="responsibilities"),
    path("projects/<code:code>/roles/responsibilities/", views.responsibility_list, name="responsibility_list"),
    path("projects/<code:code>/roles/compare/", views.role_compare, name="role_compare"),
    path("projects/<code:code>/roles/matrix.csv", views.download, {"kind": "csv"}, name="responsibilities_csv"),
    path("projects/<code:code>/roles/matrix.xlsx", views.download, {"kind": "xlsx"}, name="responsibilities_xlsx"),
    path("projects/<code:code>/roles/matrix.pdf", views.download, {"kind": "pdf"}, name="responsibilities_pdf"),
]
