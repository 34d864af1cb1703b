"""Settings of the measured instance: the product's own, with the floor beside it. Used by the bench only."""

from config.settings import *  # noqa: F403
from config.settings import MIDDLEWARE as PRODUCT

ROOT_URLCONF = "tests.bench.urls"
MIDDLEWARE = ["tests.bench.floor.FloorFirst", *PRODUCT]
