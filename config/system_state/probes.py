"""Ask database and Redis whether they answer."""

from django.conf import settings
from django.db import DatabaseError, connection


def database_state() -> str:
    """Return `ok` or `down`."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "down"
    return "ok"


def redis_state() -> str:
    """Return `ok` or `down`."""
    import redis  # a tenth of a second, which most processes never need

    try:
        redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.3, socket_timeout=0.3).ping()
    except redis.RedisError:
        return "down"
    return "ok"
