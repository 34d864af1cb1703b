"""URLs of the weather."""

from django.urls import path

from pmo.registers.weather import views

app_name = "weather"
urlpatterns = [
    path("weather/", views.weather_round, name="weather_round"),
    path("weather/<code:code>/", views.WeatherRoundView.as_view(), name="weather_of_round"),
    path("projects/<code:code>/weather/", views.weather, name="weather"),
    path("projects/<code:code>/weather/publish/", views.WeatherFormView.as_view(), name="weather_publish"),
]
