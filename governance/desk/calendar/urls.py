"""URLs of the calendar of a person."""

from django.urls import path

from governance.desk.calendar import feed_views, views

app_name = "calendar"
urlpatterns = [
    path("calendar/", views.my_calendar, name="my_calendar"),
    path("calendar/address/", feed_views.feed_create, name="my_feed_create"),
    path("calendar/address/end/", feed_views.feed_end, name="my_feed_end"),
    path("calendar/<uuid:person>/<slug:token>.ics", feed_views.feed, name="my_feed"),
]
