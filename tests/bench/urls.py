"""Addresses of the measured instance: the product's, and the floor of some of them under /floor/."""

from django.urls import path

from config.urls import handler400, handler404
from config.urls import urlpatterns as product
from tests.bench import floor

__all__ = ["handler400", "handler404", "urlpatterns"]

urlpatterns = [
    path("floor/", floor.inbox),
    path("floor/projects/<str:code>/", floor.project_home),
    path("floor/projects/<str:code>/proposals/", floor.proposal_list),
    path("floor/projects/<str:code>/register/", floor.register),
    path("floor/projects/<str:code>/dashboard/", floor.dashboard),
    path("floor/proposals/<int:proposal_id>/", floor.dossier),
    path("floor/proposals/<int:proposal_id>/decide/", floor.decide),
    *product,
]
