"""Test that a database which the owner role prepared is shown by the runtime role alone: that of the tests is one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from config.database import with_parts
from config.prepare import main
from config.processes import SECRETS
from demo.scenarios.contract import describe

pytestmark = pytest.mark.django_db


def test_the_runtime_role_shows_what_the_owner_role_entered(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if name not in SECRETS}
    ours = with_parts(os.environ["DATABASE_URL"], name=connection.settings_dict["NAME"])
    env = {"DATABASE_URL": ours, "OUVRAGE_DB_ROLE": "runtime"}
    words = [sys.executable, "-m", "config.prepare", "cast", "--result", str(tmp_path / "made.json")]
    result = subprocess.run(words, cwd=settings.ROOT, env=kept | env, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert json.loads((tmp_path / "made.json").read_text()) == {"cast": json.loads(json.dumps(describe("cast")))}


def test_a_scenario_that_was_not_entered_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUVRAGE_DB_ROLE", "runtime")
    monkeypatch.setattr(sys, "argv", ["prepare", "vigie", "--result", str(tmp_path / "made.json")])
    with pytest.raises(SystemExit, match="The scenario vigie is not in this database"):
        main()
    assert not (tmp_path / "made.json").exists()
