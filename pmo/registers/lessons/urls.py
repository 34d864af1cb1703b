"""URLs of lessons."""

from django.urls import path

from pmo.registers.lessons import views

app_name = "lessons"
urlpatterns = [
    path("lessons/", views.lesson_list, name="lesson_list"),
    path("projects/<code:code>/lessons/", views.lessons, name="lessons"),
    path("projects/<code:code>/lessons/new/", views.LessonFormView.as_view(), name="lesson_new"),
    path("lessons/<int:lesson_id>/edit/", views.LessonFormView.as_view(), name="lesson_edit"),
]
