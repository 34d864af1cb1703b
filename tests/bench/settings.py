"""The settings of the measured instance: the product's own, with the floor beside it. Nothing else starts with them."""

from config.settings import *  # noqa: F403
from config.settings import MIDDLEWARE as PRODUCT

ROOT_URLCONF = "tests.bench.urls"
MIDDLEWARE = ["tests.bench.floor.FloorFirst", *PRODUCT]
