"""URLs of indicators."""

from django.urls import path

from pmo.steering.indicators import edit_views, views

app_name = "indicators"
urlpatterns = [
    path("projects/<code:code>/indicators/", views.steering_indicators, name="steering_indicators"),
    path("projects/<code:code>/indicators/new/", edit_views.IndicatorFormView.as_view(), name="steering_indicator_new"),
    path("projects/<code:code>/indicators/catalogue/", edit_views.steering_catalogue, name="steering_catalogue"),
    path("projects/<code:code>/indicators/compute/", edit_views.steering_compute, name="steering_compute"),
    path("projects/<code:code>/indicators/import/", edit_views.steering_import, name="steering_import"),
    path("steering/<int:steering_id>/edit/", edit_views.IndicatorFormView.as_view(), name="steering_indicator_edit"),
    path(
        "steering/<int:steering_id>/reading/",
        edit_views.IndicatorReadingFormView.as_view(),
        name="steering_reading_add",
    ),
]
