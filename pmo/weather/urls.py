"""URLs of the weather."""

from django.urls import path

from pmo.weather import views

app_name = "weather"
urlpatterns = [
    path("projects/<code:code>/weather/", views.weather, name="weather"),
    path("projects/<code:code>/weather/publish/", views.WeatherFormView.as_view(), name="weather_publish"),
]
