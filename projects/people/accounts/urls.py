"""URLs of the directory of people, of one's own account, of invitations and of the set-up."""

from django.urls import path

from projects.people.accounts import absence_views, account_views, employer_views, entrance_views, review_views, views

app_name = "people"
urlpatterns = [
    path("administration/people/", views.person_list, name="person_list"),
    path("administration/people/people.<str:kind>", views.people_file, name="people_file"),
    path("administration/people/invite-all/", views.people_invite, name="people_invite"),
    path("administration/people/invite/", views.InviteView.as_view(), name="person_invite"),
    path("administration/people/<int:person_id>/", views.person, name="person"),
    path("administration/people/<int:person_id>/absence/", absence_views.AbsenceView.as_view(), name="absence_of"),
    path(
        "administration/people/<int:person_id>/organisation/",
        employer_views.EmployerView.as_view(),
        name="employer_of",
    ),
    path("people/<int:person_id>/absence/take-back/", absence_views.absence_take_back, name="absence_take_back"),
    path("administration/people/<int:person_id>/stay/", views.departure_take_back, name="departure_take_back"),
    path("administration/people/<int:person_id>/invite/", views.person_invite_again, name="person_invite_again"),
    path("administration/people/<int:person_id>/reset/", views.person_reset, name="person_reset"),
    path("administration/people/<int:person_id>/close/", views.AccountCloseView.as_view(), name="account_close"),
    path(
        "administration/people/<int:person_id>/reopen/",
        review_views.AccountReopenView.as_view(),
        name="account_reopen",
    ),
    path(
        "administration/people/<int:person_id>/factors/",
        review_views.FactorsEndView.as_view(),
        name="person_factors_end",
    ),
    path("account/", account_views.account, name="account"),
    path("account/organisation/", employer_views.EmployerView.as_view(), name="employer"),
    path("account/absence/", absence_views.AbsenceView.as_view(), name="absence"),
    path("account/password/", account_views.password, name="account_password"),
    path("account/sign-out/", account_views.sign_out_everywhere, name="sign_out_everywhere"),
    path("set-up/<str:token>/", entrance_views.set_up, name="set_up"),
    path("invitation/<str:token>/", entrance_views.invitation, name="invitation"),
]
