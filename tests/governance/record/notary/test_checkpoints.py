"""Test the notary: it signs the heads of the chains with its own key, and its checkpoints are exported too."""

import json
import logging
import os
import stat
import subprocess
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.management import CommandError, call_command

from governance.models import Checkpoint
from governance.record.notary import checkpoints, keys
from projects.models import Project
from tests import acts
from tests.database import undone
from tests.projects.ledger.tampering import anchors, as_notary, last_of, sign_checkpoint, verify_bundle, verify_database
from tools.verify_ledger import salted_head

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """Return the path of the private key."""
    return tmp_path / "notary.pem"


def read_content(checkpoint: Checkpoint | None) -> dict[str, Any]:
    """Return the content of a checkpoint."""
    assert checkpoint is not None
    said: dict[str, Any] = json.loads(bytes(checkpoint.body))
    return said


def record_event(amoa: Any, project: Any) -> None:
    """Record one more event."""
    acts.draft(amoa, project)


# — signing —


def test_a_checkpoint_says_the_head_of_every_chain(key: Path) -> None:
    made = sign_checkpoint(key)
    assert made is not None
    assert made.heads == [
        {"project": str(project.pk), "seq": str(last_of(project).seq), "head": bytes(last_of(project).hash).hex()}
        for project in Project.objects.order_by("pk")
    ]
    assert read_content(made)["heads"] == sorted(salted_head(opening) for opening in made.openings)


def test_a_head_that_did_not_move_has_another_hash_in_each_checkpoint(key: Path, amoa: Any, project_one: Any) -> None:
    first = sign_checkpoint(key)
    record_event(amoa, project_one)
    second = sign_checkpoint(key)
    assert {*read_content(first)["heads"]}.isdisjoint(read_content(second)["heads"])


def test_an_unchanged_chain_gets_no_new_checkpoint(key: Path, amoa: Any, project_one: Any) -> None:
    assert read_content(sign_checkpoint(key))["number"] == "1"
    assert sign_checkpoint(key) is None
    record_event(amoa, project_one)
    assert read_content(sign_checkpoint(key))["number"] == "2"


def test_a_checkpoint_verifies_in_the_database_in_a_bundle_and_by_the_public_key(
    key: Path, amoa: Any, project_one: Any, tmp_path: Path
) -> None:
    sign_checkpoint(key)
    record_event(amoa, project_one)
    sign_checkpoint(key)
    assert verify_database("--anchor", str(anchors(tmp_path / "kept")))[0] == 0
    bundle = tmp_path / "bundle.json"
    call_command("ledger_export", "--output", str(bundle))
    (tmp_path / "key.txt").write_text(keys.public_bytes(keys.load(key)).hex())
    assert verify_bundle(bundle, "--key", tmp_path / "key.txt", "--anchor", tmp_path / "kept")[0] == 0
    (tmp_path / "key.txt").write_text("0" * 64)
    assert verify_bundle(bundle, "--key", tmp_path / "key.txt")[0] == 1


# — keys —


def test_a_key_is_made_once_for_its_owner_alone(key: Path) -> None:
    keys.make(key)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        keys.make(key)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_key_that_others_can_reach_is_refused(key: Path, mode: int) -> None:
    keys.make(key)
    key.chmod(mode)
    with pytest.raises(keys.KeyRefused, match="others can read"):
        keys.load(key)


def test_a_key_of_another_type_is_refused(key: Path) -> None:
    with pytest.raises(keys.KeyRefused, match="cannot be read"):
        keys.load(key)
    key.touch(0o600)
    with pytest.raises(keys.KeyRefused, match="no private key"):
        keys.load(key)
    other = generate_private_key(SECP256R1())
    key.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(keys.KeyRefused, match="not an Ed25519"):
        keys.load(key)


def test_a_rotation_is_announced_by_the_old_key_and_then_the_new_one_signs(
    key: Path, amoa: Any, project_one: Any
) -> None:
    sign_checkpoint(key)
    old = keys.load(key)
    with as_notary():
        announced = checkpoints.rotate(key)
    new = keys.load(key)
    assert bytes(announced.public_key) == keys.public_bytes(old)
    assert (read_content(announced)["next_key"], announced.number) == (keys.public_bytes(new).hex(), 2)
    record_event(amoa, project_one)
    after = sign_checkpoint(key)
    assert after is not None
    assert bytes(after.public_key) == keys.public_bytes(new)
    assert verify_database()[0] == 0


def test_a_rotation_that_was_interrupted_is_finished_by_the_next_signature(
    key: Path, amoa: Any, project_one: Any
) -> None:
    sign_checkpoint(key)
    old = key.read_bytes()
    with as_notary():
        checkpoints.rotate(key)
    new = key.read_bytes()
    keys.next_key_path(key).touch(0o600)
    keys.next_key_path(key).write_bytes(new)
    key.write_bytes(old)
    record_event(amoa, project_one)
    assert sign_checkpoint(key) is not None
    assert key.read_bytes() == new
    assert not keys.next_key_path(key).exists()


def test_a_key_that_nobody_announced_signs_nothing(key: Path, amoa: Any, project_one: Any, tmp_path: Path) -> None:
    sign_checkpoint(key)
    record_event(amoa, project_one)
    with undone(), pytest.raises(keys.KeyRefused, match="not the one that was announced"):
        sign_checkpoint(tmp_path / "another.pem")


# — anchors —


def test_each_checkpoint_is_kept_outside_once_as_a_file(key: Path, amoa: Any, project_one: Any, tmp_path: Path) -> None:
    sign_checkpoint(key)
    folder = anchors(tmp_path / "kept")
    record_event(amoa, project_one)
    sign_checkpoint(key)
    assert checkpoints.anchor(folder) == 1
    assert checkpoints.anchor(folder) == 0
    files = sorted(file.name for file in folder.iterdir())
    assert files == ["checkpoint-00000001.json", "checkpoint-00000002.json"]
    assert json.loads((folder / files[1]).read_text()) == Checkpoint.objects.get(number=2).as_anchor()


def test_a_folder_under_git_gets_a_commit(key: Path, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    sign_checkpoint(key)
    checkpoints.anchor(folder)
    said = subprocess.run(["git", "-C", folder, "log", "--stat", "--format=%an"], capture_output=True, text=True)
    assert "Ouvrage notary" in said.stdout
    assert "checkpoint-00000001.json" in said.stdout


def test_an_anchor_that_fails_is_said_loudly_and_made_up_for(
    key: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "kept"
    folder.write_text("a file where the folder should be")
    keys.make(key)
    with as_notary(), caplog.at_level(logging.ERROR):
        assert checkpoints.sign_and_anchor(key, folder) is not None
    assert "CHECKPOINTS ARE NOT ANCHORED" in caplog.text
    folder.unlink()
    folder.mkdir()
    with as_notary():
        assert checkpoints.sign_and_anchor(key, folder) is None
    assert [file.name for file in folder.iterdir()] == ["checkpoint-00000001.json"]


def test_a_database_that_was_rolled_back_is_noticed_by_the_notary(
    key: Path, tmp_path: Path, amoa: Any, project_one: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with undone():
        record_event(amoa, project_one)
        sign_checkpoint(key)
        folder = anchors(tmp_path / "kept")
    with as_notary(), caplog.at_level(logging.ERROR):
        assert checkpoints.sign_and_anchor(key, folder) is not None
    assert "rolled back" in caplog.text


# — the command —


def run_notary(settings: Any, *words: str) -> str:
    """Return the output of `manage.py notary`, run as its role."""
    said = StringIO()
    settings.DB_ROLE = "notary"
    with as_notary():
        call_command("notary", *words, stdout=said)
    return said.getvalue()


def test_the_notary_works_under_its_own_role_with_its_own_key_only(settings: Any, key: Path) -> None:
    with pytest.raises(CommandError, match="its own database role"):
        call_command("notary", "sign")
    settings.DB_ROLE = "notary"
    with pytest.raises(CommandError, match="OUVRAGE_NOTARY_KEY"):
        call_command("notary", "sign")
    settings.NOTARY_KEY = str(key)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("notary", "sign")


def test_the_commands_make_a_key_sign_rotate_and_print_the_public_key(settings: Any, key: Path) -> None:
    settings.NOTARY_KEY = str(key)
    first = run_notary(settings, "init")
    assert run_notary(settings, "init") == first == run_notary(settings, "public-key")
    assert run_notary(settings, "sign") == "Checkpoint #1\n"
    assert run_notary(settings, "sign") == "Nothing has moved since the last checkpoint.\n"
    rotated = run_notary(settings, "rotate").splitlines()
    assert rotated == ["Checkpoint #2 announces another key.", run_notary(settings, "public-key").strip()]
    assert rotated[1] != first.strip()


def test_the_private_key_never_reaches_the_database_or_the_anchors(key: Path, tmp_path: Path) -> None:
    sign_checkpoint(key)
    private = keys.load(key).private_bytes_raw()
    folder = anchors(tmp_path / "kept")
    kept = [file.read_bytes() for file in folder.iterdir()]
    row = Checkpoint.objects.get()
    kept += [bytes(value) for value in (row.body, row.signature, row.public_key, row.hash)]
    assert not [content for content in kept if private in content or private.hex().encode() in content]
    assert os.environ.get("OUVRAGE_NOTARY_KEY") is None
