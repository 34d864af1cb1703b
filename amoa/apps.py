from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AmoaConfig(AppConfig):
    name = "amoa"
    verbose_name = _("Business side")
    default_auto_field = "django.db.models.BigAutoField"
