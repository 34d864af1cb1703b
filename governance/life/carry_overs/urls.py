"""URLs of what the closing of a project carried over."""

from django.urls import path

from governance.life.carry_overs import views

app_name = "carry_overs"
urlpatterns = [
    path("projects/<code:code>/carried-over/", views.carry_over_list, name="carry_over_list"),
    path("carried-over/<int:carry_over_id>/", views.carry_over, name="carry_over"),
    path("carried-over/<int:carry_over_id>/accept/", views.AcceptView.as_view(), name="carry_over_accept"),
    path("carried-over/<int:carry_over_id>/decline/", views.DeclineView.as_view(), name="carry_over_decline"),
    path("carried-over/<int:carry_over_id>/done/", views.FinishView.as_view(), name="carry_over_finish"),
    path("carried-over/<int:carry_over_id>/not-done/", views.RefuseView.as_view(), name="carry_over_refuse"),
]
