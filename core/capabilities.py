"""Find the modules of the capabilities: each app is a package of folders, one per capability, some of them in wings."""

from importlib import import_module
from pathlib import Path

from django.apps import apps


def capabilities_with(module: str) -> list[str]:
    """List our apps and their folders that have this module, as dotted names: `pmo.standards.waivers` for `tasks`."""
    names = []
    for config in apps.get_app_configs():
        top = Path(config.path)
        if "site-packages" in top.parts:
            continue
        for file in sorted([*top.glob(f"{module}.py"), *top.glob(f"*/{module}.py"), *top.glob(f"*/*/{module}.py")]):
            names.append(".".join([config.name, *file.parent.relative_to(top).parts]))
    return names


def import_from_capabilities(module: str) -> None:
    """Import this module of every capability that has one, as Django finds `admin.py`. Idempotent."""
    for capability in capabilities_with(module):
        import_module(f"{capability}.{module}")
