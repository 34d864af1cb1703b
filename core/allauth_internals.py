"""Names of django-allauth that it does not promise to keep: a release may move them, and this file alone then changes.

A limit on rates counts in the cache, a session keeps how its person proved themselves, and the codes of an app follow
RFC 4226 and RFC 6238.
"""

from allauth.account.internal.emailkit import valid_email_or_none
from allauth.account.internal.flows.login import _AUTHENTICATION_METHODS_USER_SESSION_KEY as METHODS_PERSON
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY as METHODS
from allauth.account.internal.flows.login import get_authentication_records, perform_login, record_authentication
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.account.internal.stagekit import clear_login
from allauth.core.internal import ratelimit
from allauth.core.internal.httpkit import get_client_ip
from allauth.core.internal.ratelimit import RateLimitUsage
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value

__all__ = [
    "METHODS",
    "METHODS_PERSON",
    "TOTP",
    "RateLimitUsage",
    "RecoveryCodes",
    "clear_login",
    "format_hotp_value",
    "generate_totp_secret",
    "get_authentication_records",
    "get_client_ip",
    "hotp_value",
    "perform_login",
    "post_authentication",
    "ratelimit",
    "reauthenticate_by_password",
    "record_authentication",
    "valid_email_or_none",
]
