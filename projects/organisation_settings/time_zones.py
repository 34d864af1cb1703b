"""Time zones as a form offers them."""

from itertools import groupby
from zoneinfo import available_timezones


def list_time_zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """List the time zones by region: (region, [(zone, place)])."""
    places = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
    regions = groupby(places, key=lambda zone: zone.partition("/")[0])
    return [(region, [(zone, zone.partition("/")[2].replace("_", " ")) for zone in zones]) for region, zones in regions]
