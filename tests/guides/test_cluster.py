"""The cluster of each way to install is made by its own words, and holds the same database."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import psycopg
import pytest
import yaml

from tools.servers import postgres
from tools.servers.embedded import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["postgres"]["environment"]
CLUSTERS = {
    "compose": COMPOSE["POSTGRES_INITDB_ARGS"].split(),
    # The packages of Debian and Ubuntu make one in the locale of the machine, in the worst case without any.
    "debian": ["--encoding=SQL_ASCII", "--locale=C"],
}
WANTED = """
SELECT pg_encoding_to_char(encoding), datlocprovider::text, datlocale, datcollate
FROM pg_database WHERE datname = 'ouvrage'
"""


def test_the_words_of_compose_and_of_the_demo_are_the_same() -> None:
    assert CLUSTERS["compose"] == list(postgres.CLUSTER)


@pytest.mark.parametrize("words", CLUSTERS.values(), ids=CLUSTERS)
def test_the_cluster_is_made_and_the_roles_with_the_database_in_it(words: Sequence[str], tmp_path: Path) -> None:
    try:
        superuser = postgres.start(tmp_path, "superuser-password", words)
        login = psycopg.conninfo.conninfo_to_dict(superuser)
        env = {f"PG{name.upper()}": str(login[name]) for name in ("host", "port", "password")}
        env |= {f"{role}_PASSWORD": f"{role}-password" for role in ("OWNER", "APP", "NOTARY")}
        path = {"PATH": f"{postgres.program('psql').parent}:{os.environ['PATH']}"}
        subprocess.run(["/bin/sh", str(ROOT / "deploy/roles.sh")], env=env | path, check=True, timeout=60)
        with psycopg.connect(superuser, dbname="ouvrage") as connection:
            assert connection.execute(WANTED).fetchone() == ("UTF8", "b", "C.UTF-8", "C")
    finally:
        postgres.end(tmp_path)
        postgres.remove(tmp_path)
