"""How gunicorn serves Ouvrage: threads in a few processes; the environment may say how many (WEB_CONCURRENCY)."""

import os

bind = os.environ.get("BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
graceful_timeout = 10
control_socket_disable = True  # its default path is one per user: two instances would share it
accesslog = "-"
access_log_format = '%(h)s "%(m)s %(U)s" %(s)s %(B)s %(M)sms'  # no query string: it may hold what people typed
