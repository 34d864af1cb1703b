"""URLs of moves under another parent."""

from django.urls import path

from governance.life.moves import views

app_name = "moves"
urlpatterns = [
    path("projects/<code:code>/facts/move/", views.AskMoveView.as_view(), name="move_ask"),
    path("moves/<int:move_id>/", views.move, name="move"),
    path("moves/<int:move_id>/accept/", views.AcceptMoveView.as_view(), name="move_accept"),
    path("moves/<int:move_id>/refuse/", views.RefuseMoveView.as_view(), name="move_refuse"),
    path("moves/<int:move_id>/take-back/", views.TakeBackMoveView.as_view(), name="move_take_back"),
]
