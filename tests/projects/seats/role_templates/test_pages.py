"""Test the pages of the catalogue for administrators; everybody else gets the page that explains the refusal."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import signing
from django.urls import reverse

from core.history import version_of
from projects.models import LedgerEvent
from projects.seats.role_templates import services
from projects.seats.role_templates.services import fingerprint
from roles.models import MethodPack, Responsibility, RoleTemplate
from roles.role_templates.catalogue import LARGEST, dump_pack, pack_of
from tests.conftest import CAST
from tests.database import statements, undone
from tests.effort import WHOLE, in_turn
from tests.pages.visits import Sent

pytestmark = pytest.mark.django_db

IDENTITY = {
    "code": "ACH",
    "name_fr": "Acheteur",
    "name_en": "Buyer",
    "mission_fr": "Prépare les contrats.",
    "mission_en": "Prepares the contracts.",
    "authority": "advises",
    "incompatible": ["MOE"],
}
DUTY = {
    "code": "ACH-01",
    "label_fr": "Préparer le contrat",
    "label_en": "Prepare the contract",
    "nature": "produce",
    "domains": ["business"],
    "activities": ["FOURNISSEUR"],
    "evidence_fr": "Projet de contrat",
    "evidence_en": "Draft contract",
    "recurrence": "once",
}
COPY = {"code": "house", "name_fr": "Méthode maison", "name_en": "House method"}
IMPORT = "/referential/import/"


def to(name: str, *args: Any) -> str:
    """Return the address of a page of the catalogue."""
    return reverse(f"projects:role_templates:referential{name}", args=args)


def template(code: str) -> RoleTemplate:
    """Return the published version of a role of the French pack."""
    return RoleTemplate.objects.get(pack="fr", code=code, state="published")


def words(answer: Any) -> str:
    """Return the page as a reader sees it."""
    return html.unescape(answer.content.decode())


def exported() -> str:
    """Return the French pack as a file."""
    return dump_pack(pack_of(MethodPack.objects.get(code="fr")))


def kept() -> tuple[int, ...]:
    """Count the rows; an equal count before and after means that nothing was written."""
    return RoleTemplate.history.count(), Responsibility.history.count(), LedgerEvent.objects.count()


@pytest.fixture
def draft(staff_admin: Any) -> RoleTemplate:
    """Create the draft of the AMOA's next version."""
    return services.new_version(actor=staff_admin, template=template("AMOA"))


@pytest.fixture
def ask(staff_admin: Any, client_of: Any) -> Callable[..., Any]:
    """Get a page as an administrator, or post `fields`, in English."""
    client = client_of(staff_admin)

    def asked(path: str, fields: dict[str, Any] | None = None) -> Any:
        english = {"accept-language": "en"}
        return client.get(path, headers=english) if fields is None else client.post(path, fields, headers=english)

    return asked


# — who —


def test_every_page_and_act_is_for_administrators_only(cast: Any, draft: RoleTemplate, client_of: Any) -> None:
    row = draft.responsibilities.earliest("pk")
    pages = [
        to(""),
        to("_import"),
        to("_copy", "fr"),
        to("_role_new", "fr"),
        to("_export", "fr"),
        to("_template", draft.pk),
        to("_differences", draft.pk),
        to("_publish", draft.pk),
        to("_retire", draft.pk),
        to("_duty_new", draft.pk),
        to("_duty_edit", row.pk),
    ]
    posts: list[tuple[str, dict[str, Any]]] = [
        (to("_copy", "fr"), COPY),
        (to("_role_new", "fr"), IDENTITY),
        (to("_template", draft.pk), {**IDENTITY, "seen": version_of(draft)}),
        (to("_next", template("PMO").pk), {}),
        (to("_duty_new", draft.pk), DUTY),
        (to("_duty_edit", row.pk), {**DUTY, "seen": version_of(row)}),
        (to("_duty_move", row.pk), {"to": "down"}),
        (to("_duty_remove", row.pk), {}),
        (to("_publish", draft.pk), {"read": fingerprint(draft)}),
        (to("_retire", template("DEST").pk), {}),
    ]
    administrators, visitors = {"staff_admin", "superuser"}, {"anonymous", "inactive_owner"}
    others = [member for member in CAST if member not in administrators | visitors]
    before = kept()
    for member in CAST:
        client, may, visitor = client_of(cast[member]), member in administrators, member in visitors
        asks = may or visitor or WHOLE
        for path in [path for n, path in enumerate(pages) if asks or member in in_turn(n, others)]:
            assert client.get(path).status_code == (302 if visitor else 200 if may else 403), (member, path)
        assert kept() == before
        for path, fields in [post for n, post in enumerate(posts) if asks or member in in_turn(n, others)]:
            with undone():
                answer = client.post(path, fields)
                assert answer.status_code == (302 if visitor or may else 403), (member, path)
                assert (kept() != before) == may, (member, path)


def test_a_refusal_says_who_may(pmo: Any, client_of: Any) -> None:
    text = words(client_of(pmo).get(to(""), headers={"accept-language": "en"}))
    for part in ("403 · R1", "an administrator", "This gives them no part in any project"):
        assert part in text
    assert 'href="/referential/"' not in text


def test_an_administrator_finds_the_pages_and_no_project(ask: Any, superuser: Any, client_of: Any) -> None:
    assert 'href="/referential/"' in words(ask("/"))
    assert client_of(superuser).get(to("")).status_code == 200
    for path in ("/projects/ONE/", "/projects/ONE/register/"):
        assert ask(path).status_code == client_of(superuser).get(path).status_code == 404
    assert "ONE" not in words(ask(to("_template", template("AMOA").pk)))


# — reading —


def test_the_list_shows_each_version_and_how_many_projects_use_it(ask: Any, draft: RoleTemplate) -> None:
    services.publish_role(actor=draft.history.latest("history_id").history_user, template=draft)
    answer = ask(to(""))
    [pack] = [entry for entry in answer.context["packs"] if entry["pack"].code == "fr"]
    used = {(row.template.code, row.template.version): row.projects for row in [*pack["current"], *pack["retired"]]}
    assert (used["AMOA", draft.version], used["AMOA", draft.version - 1], used["MOA", template("MOA").version]) == (
        0,
        3,
        3,
    )
    text = words(answer)
    for part in ("1 retired version", "16 activities of the matrix", "Requirements and priorities"):
        assert part in text


def test_a_published_version_is_read_and_not_written(ask: Any) -> None:
    role = template("AMOA")
    text = words(ask(to("_template", role.pk)))
    assert 'name="name_en"' not in text
    assert to("_duty_edit", role.responsibilities.earliest("pk").pk) not in text
    assert f"Start version {role.version + 1}" in text
    for part in ('<div lang="en">Elicit business needs</div>', "Gives an opinion", "To decide is not listed."):
        assert part in text
    row, before = role.responsibilities.earliest("pk"), kept()
    for path, fields in (
        (to("_template", role.pk), {**IDENTITY, "seen": version_of(role)}),
        (to("_duty_new", role.pk), DUTY),
        (to("_duty_edit", row.pk), DUTY),
        (to("_duty_move", row.pk), {"to": "down"}),
        (to("_duty_remove", row.pk), {}),
        (to("_publish", role.pk), {"read": fingerprint(role)}),
    ):
        answer = ask(path, fields)
        assert (answer.status_code, "This version stays as it is" in words(answer)) == (409, True), path
    assert kept() == before


def test_an_unknown_page_of_the_catalogue_is_not_found(ask: Any) -> None:
    for path in (
        to("_template", 999_999),
        to("_template", 10**20),
        to("_duty_edit", 999_999),
        to("_export", "none"),
        to("_copy", "none"),
        to("_role_new", "none"),
        to("_differences", template("MOA").pk) + "?with=99",
        to("_differences", template("MOA").pk) + "?with=x",
    ):
        assert ask(path).status_code == 404, path


# — writing —


def test_a_method_of_ones_own_is_copied_and_its_roles_change_alone(ask: Any) -> None:
    before = dump_pack(pack_of(MethodPack.objects.get(code="fr")))
    answer = ask(to("_copy", "fr"), COPY)
    assert (answer.status_code, answer["Location"]) == (302, to("") + "#pack-house")
    made = pack_of(MethodPack.objects.get(code="house"))
    assert (made.name_fr, made.name_en) == ("Méthode maison", "House method")
    assert made.matrix == pack_of(MethodPack.objects.get(code="fr")).matrix
    assert made.dimensions == pack_of(MethodPack.objects.get(code="fr")).dimensions
    event = LedgerEvent.objects.filter(act="install_pack").latest("pk")
    assert (event.detail, event.actor.email) == ("house", "staff.admin@example.org")
    role = RoleTemplate.objects.get(pack="house", code="PMO", state="published")
    assert ask(to("_next", role.pk), {}).status_code == 302
    draft = RoleTemplate.objects.get(pack="house", code="PMO", state="draft")
    known = ask(to("_template", draft.pk)).context["form"].initial
    edited = known | {"mission_en": "Holds the house together."}
    assert ask(to("_template", draft.pk), edited).status_code == 302
    published = ask(to("_publish", draft.pk), {"read": ask(to("_publish", draft.pk)).context["read"]})
    assert published.status_code == 302
    assert RoleTemplate.objects.get(pack="house", code="PMO", state="published").mission_en == edited["mission_en"]
    assert dump_pack(pack_of(MethodPack.objects.get(code="fr"))) == before
    assert "House method" in words(ask(reverse("projects:opening:project_open")))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"code": "fr"}, "Another method has this code."),
        ({"code": "Maison !"}, "Use small letters, digits and hyphens."),
        ({"code": "a" * 21}, "at most 20 characters"),
        ({"name_fr": " "}, "This field is required."),
    ],
)
def test_a_copy_is_refused_in_words_and_what_was_typed_stays(changes: dict[str, Any], sentence: str, ask: Any) -> None:
    before = kept()
    answer = ask(to("_copy", "fr"), COPY | changes)
    assert (answer.status_code, sentence in words(answer)) == (422, True)
    assert "House method" in words(answer)
    assert kept() == before


def test_a_role_of_ones_own_is_written_published_and_retired(ask: Any) -> None:
    made = ask(to("_role_new", "fr"), IDENTITY)
    role = RoleTemplate.objects.get(code="ACH")
    assert (made.status_code, made["Location"]) == (302, to("_template", role.pk))
    assert (role.state, role.incompatible, role.mandatory) == ("draft", ["MOE"], False)
    refused = ask(to("_publish", role.pk), {"read": fingerprint(role)})
    assert refused.status_code == 422
    assert "ACH has no responsibility: add one, or leave the role out." in words(refused)
    assert ask(to("_duty_new", role.pk), DUTY).status_code == 302
    assert 'value="ACH-02"' in words(ask(to("_duty_new", role.pk)))
    role = RoleTemplate.objects.get(code="ACH")
    page = ask(to("_publish", role.pk))
    assert "ACH-01 · Prepare the contract" in words(page)
    assert ask(to("_publish", role.pk), {"read": page.context["read"]}).status_code == 302
    assert RoleTemplate.objects.get(code="ACH").state == "published"
    assert ask(to("_retire", role.pk)).status_code == 200
    assert ask(to("_retire", role.pk), {}).status_code == 302
    assert RoleTemplate.objects.get(code="ACH").state == "retired"
    assert ask(to("_retire", role.pk)).status_code == 409


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"code": "AMOA"}, "This method already has a role AMOA."),
        ({"code": "ach"}, "Use capitals, digits and hyphens."),
        ({"code": "A" * 11}, "at most 10 characters"),
        ({"name_fr": " "}, "This field is required."),
        ({"mission_en": "\u200b"}, "This field is required."),
        ({"authority": "decides"}, "MOA already decides in this method"),
        ({"authority": ""}, "Choose what the role does with proposals."),
        ({"authority": "reigns"}, "Select a valid choice"),
        ({"incompatible": ["KING"]}, "Select a valid choice"),
    ],
)
def test_a_new_role_is_refused_in_words_and_what_was_typed_stays(
    changes: dict[str, Any], sentence: str, ask: Any
) -> None:
    before = kept()
    answer = ask(to("_role_new", "fr"), IDENTITY | changes)
    assert (answer.status_code, sentence in words(answer)) == (422, True)
    assert "Prepares the contracts." in words(answer) or "mission_en" in changes
    assert kept() == before


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"code": "AMOA-01"}, "The code AMOA-01 is taken: choose another."),
        ({"label_fr": ""}, "This field is required."),
        ({"evidence_en": ""}, "This field is required."),
        ({"nature": "decide"}, "only the deciding role decides"),
        ({"nature": ""}, "Choose how the role takes part."),
        ({"domains": []}, "Choose at least one domain."),
        ({"activities": ["NOWHERE"]}, "Select a valid choice"),
    ],
)
def test_a_responsibility_is_refused_in_words(
    changes: dict[str, Any], sentence: str, draft: RoleTemplate, ask: Any
) -> None:
    row, before = draft.responsibilities.get(code="AMOA-02"), kept()
    for path in (to("_duty_new", draft.pk), to("_duty_edit", row.pk)):
        answer = ask(path, {**DUTY, **changes, "seen": version_of(row)})
        assert (answer.status_code, sentence in words(answer)) == (422, True), path
    assert kept() == before


def test_the_decider_is_shown_and_not_to_be_chosen_beside_the_one_there_is(ask: Any, staff_admin: Any) -> None:
    text = words(ask(to("_role_new", "fr")))
    assert "Kept for MOA" in text
    [radio] = [part for part in text.split("<input ") if 'value="decides"' in part.partition(">")[0]]
    assert "disabled" in radio.partition(">")[0]
    own = services.new_version(actor=staff_admin, template=template("MOA"))
    text = words(ask(to("_template", own.pk)))
    [radio] = [part for part in text.split("<input ") if 'value="decides"' in part.partition(">")[0]]
    assert "disabled" not in radio.partition(">")[0]


def test_the_identity_and_the_order_of_a_draft_are_changed(draft: RoleTemplate, ask: Any) -> None:
    page = ask(to("_template", draft.pk))
    fields = {name: value for name, value in page.context["form"].initial.items() if name not in {"mandatory"}} | {
        "name_en": "Helper of the owner"
    }
    assert ask(to("_template", draft.pk), fields).status_code == 302
    draft.refresh_from_db()
    assert (draft.name_en, draft.mandatory) == ("Helper of the owner", False)
    first, second = draft.responsibilities.all()[:2]
    assert ask(to("_duty_move", first.pk), {"to": "down"}).status_code == 302
    assert list(draft.responsibilities.all()[:2]) == [second, first]
    assert ask(to("_duty_remove", first.pk), {}).status_code == 302
    assert not Responsibility.objects.filter(pk=first.pk).exists()
    assert ask(to("_duty_move", first.pk), {"to": "up"}).status_code == 404


def test_a_role_that_two_people_edit_keeps_mine_and_offers_theirs(
    draft: RoleTemplate, superuser: Any, ask: Any
) -> None:
    seen, mine = version_of(draft), ask(to("_template", draft.pk)).context["form"].initial
    fields = {"name_en": "Their name", "mission_en": "Their mission"}
    services.edit_role(actor=superuser, template=draft, fields=fields, seen=seen)
    before = kept()
    answer = ask(to("_template", draft.pk), mine | {"name_en": "My name", "name_fr": "Mon nom"})
    assert answer.status_code == 409
    for part in ("Saved meanwhile: <q>Their name</q>", "Changed meanwhile. Before:", "Their mission", "Not saved:"):
        assert part in words(answer), part
    assert kept() == before
    form = answer.context["form"]
    again = {name: form[name].value() for name in form.fields}
    assert (again["name_en"], again["name_fr"], again["mission_en"]) == ("My name", "Mon nom", "Their mission")
    again = {name: value for name, value in again.items() if value not in (None, False)}
    assert ask(to("_template", draft.pk), again).status_code == 302
    draft.refresh_from_db()
    assert (draft.name_en, draft.name_fr, draft.mission_en) == ("My name", "Mon nom", "Their mission")


def test_a_responsibility_that_two_people_edit_keeps_mine_and_offers_theirs(
    draft: RoleTemplate, superuser: Any, ask: Any
) -> None:
    row = draft.responsibilities.earliest("pk")
    path, seen = to("_duty_edit", row.pk), version_of(row)
    services.edit_duty(actor=superuser, duty=row, fields={"label_en": "Their label"}, seen=seen)
    before = kept()
    answer = ask(path, {**DUTY, "code": row.code, "label_en": "My label", "seen": seen})
    assert answer.status_code == 409
    assert "Saved meanwhile: <q>Their label</q>" in words(answer)
    assert answer.context["form"]["label_en"].value() == "My label"
    assert kept() == before


def test_a_change_of_another_row_of_the_draft_is_no_conflict(draft: RoleTemplate, superuser: Any, ask: Any) -> None:
    known = ask(to("_template", draft.pk)).context["form"].initial
    services.remove_duty(actor=superuser, duty=draft.responsibilities.latest("pk"))
    fields = {name: value for name, value in known.items() if value not in (None, False)}
    assert ask(to("_template", draft.pk), fields | {"name_en": "Mine"}).status_code == 302


def test_a_draft_that_changed_since_its_review_is_not_published(draft: RoleTemplate, superuser: Any, ask: Any) -> None:
    read = fingerprint(draft)
    services.remove_duty(actor=superuser, duty=draft.responsibilities.latest("pk"))
    before = kept()
    answer = ask(to("_publish", draft.pk), {"read": read})
    assert (answer.status_code, "The draft changed meanwhile" in words(answer)) == (409, True)
    assert kept() == before


def test_the_rail_says_what_publishing_means(draft: RoleTemplate, staff_admin: Any, ask: Any) -> None:
    for row in draft.responsibilities.filter(activities__contains=["RECETTE"]):
        services.remove_duty(actor=staff_admin, duty=row)
    answer = ask(to("_template", draft.pk))
    assert answer.context["usage"].projects == 3
    assert answer.context["usage"].holders == 2
    assert answer.context["changes"]["removed"] > 0
    gaps = [gap.sentence for gap in answer.context["consequences"].gaps]
    assert all(gap in words(answer) for gap in gaps)
    assert ask(to("_differences", draft.pk)).context["before"].number == draft.version - 1


def test_the_deciding_role_is_not_retired_and_the_page_says_why(ask: Any) -> None:
    role, before = template("MOA"), kept()
    why = "The method would have no role that decides. Publish another version of MOA instead."
    page, answer = ask(to("_retire", role.pk)), ask(to("_retire", role.pk), {})
    assert (page.status_code, answer.status_code) == (200, 422)
    assert why in words(page)
    assert why in words(answer)
    assert kept() == before


def test_the_pages_speak_french_too(staff_admin: Any, draft: RoleTemplate, client_of: Any) -> None:
    client = client_of(staff_admin)
    for path, part in (
        (to(""), "Modèles de rôle"),
        (to("_template", draft.pk), "Si vous publiez"),
        (to("_import"), "Importer une méthode"),
    ):
        assert part in words(client.get(path, headers={"accept-language": "fr"}))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_text_in_two_languages_begins_with_the_readers(language: str, staff_admin: Any, client_of: Any) -> None:
    path = to("_template", template("AMOA").pk)
    page = words(client_of(staff_admin).get(path, headers={"accept-language": language}))
    labels = re.findall(r'<div(?: class="faint")? lang="(\w+)">(?:Elicit business needs|Recueillir les besoins)', page)
    assert labels == sorted(["en", "fr"], key=lambda one: one != language)


def test_a_difference_names_activities_in_the_language_of_the_reader(staff_admin: Any, client_of: Any) -> None:
    client, path = client_of(staff_admin), to("_differences", template("AMOA").pk)
    for language, label in (("en", "Requirements and priorities"), ("fr", "Exigences et priorités")):
        page = words(client.get(path, headers={"accept-language": language}))
        assert (label in page, "EXIGENCES" in page) == (True, False)


# — a pack as a file —


def test_the_export_is_a_file_to_take_away(ask: Any) -> None:
    answer = ask(to("_export", "fr"))
    assert answer.content.decode() == exported()
    assert answer["Content-Disposition"] == 'attachment; filename="fr.yaml"'
    assert answer["Content-Type"].startswith("application/yaml")


def compare(ask: Any, text: str | bytes, name: str = "fr.yaml") -> Any:
    """Upload a file to be compared."""
    return ask(IMPORT, {"file": Sent(name, text), "step": "compare"})


def test_an_exported_pack_is_imported_without_a_change(ask: Any) -> None:
    before, text = kept(), exported()
    shown = compare(ask, text)
    assert (shown.status_code, shown.context["preview"].changed) == (200, [])
    assert ask(IMPORT, {"sealed": shown.context["sealed"], "step": "install"}).status_code == 302
    assert (kept(), ask(to("_export", "fr")).content.decode()) == (before, text)


def test_an_import_is_compared_then_confirmed_as_compared(ask: Any) -> None:
    before, text = kept(), exported().replace("Decide every proposal", "Decide each proposal")
    version = template("MOA").version
    shown = compare(ask, text)
    assert (shown.status_code, kept()) == (200, before)
    [change] = shown.context["preview"].changed
    assert (change.role.code, change.before, change.after) == ("MOA", version, version + 1)
    assert "MOA-04" in words(shown)
    assert ask(IMPORT, {"sealed": shown.context["sealed"], "step": "install"}).status_code == 302
    assert (template("MOA").version, exported()) == (version + 1, text)
    again = kept()
    answer = ask(IMPORT, {"sealed": shown.context["sealed"], "step": "install"})
    assert (answer.status_code, kept()) == (409, again)
    shown = compare(ask, text)
    assert ask(IMPORT, {"sealed": shown.context["sealed"], "step": "install"}).status_code == 302
    assert kept() == again


def test_a_new_pack_is_told_as_new(ask: Any) -> None:
    shown = compare(
        ask,
        exported().replace("pack: fr\n", "pack: own\nattribution: Ours, CC BY 4.0\n").replace("attribution: ''\n", ""),
    )
    assert (shown.status_code, shown.context["preview"].is_new, len(shown.context["preview"].changed)) == (200, True, 8)
    assert ask(IMPORT, {"sealed": shown.context["sealed"], "step": "install"}).status_code == 302
    assert "Ours, CC BY 4.0" in words(ask(to("")))


def test_a_file_with_gaps_shows_every_one_and_cannot_be_confirmed(ask: Any) -> None:
    text = exported().replace("authority: decides", "authority: advises")
    before, shown = kept(), compare(ask, text)
    assert (shown.status_code, shown.context["sealed"]) == (422, "")
    for gap in shown.context["preview"].gaps:
        assert gap.sentence in words(shown)
    assert "Exactly one role decides. Here: none. Keep one." in words(shown)
    assert 'value="install"' not in words(shown)
    assert kept() == before


def test_only_what_was_compared_by_the_same_person_is_installed(ask: Any, superuser: Any, client_of: Any) -> None:
    text = exported().replace("Decide every proposal", "Decide each proposal")
    sealed = compare(ask, text).context["sealed"]
    forged = signing.dumps({"text": text, "read": ""}, salt="governance.referential.import", compress=True)
    before = kept()
    for value in ("", "x", sealed[:-1], sealed.replace(":", "", 1), forged, text):
        assert ask(IMPORT, {"sealed": value, "step": "install"}).status_code == 409
    other = client_of(superuser).post(IMPORT, {"sealed": sealed, "step": "install"})
    assert (other.status_code, kept()) == (409, before)


BOMB = "a: &a [x, x]\n" + "".join(
    f"{n}: &{n} [*{p}, *{p}, *{p}]\n" for p, n in zip("abcdefgh", "bcdefghi", strict=True)
)
HOSTILE = {
    "aliases": BOMB,
    "a tag": "pack: !!python/object/apply:os.system ['true']\n",
    "too large": b"pack: fr\n#" + b"x" * LARGEST,
    "binary": bytes(range(256)) * 8,
    "UTF-16": "pack: fr\n".encode("utf-16"),
    "nothing": b"",
    "a list": "- pack: fr\n",
    "a text": "fr",
    "deep": "[" * 5_000,
    "no YAML": "pack: fr\n  name_fr: : :\n\t- x",
    "a picture": b"\x89PNG\r\n\x1a\n" + b"\x00" * 100,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_words(name: str, ask: Any) -> None:
    before, answer = kept(), compare(ask, HOSTILE[name])
    assert (answer.status_code, "error-summary" in words(answer)) == (422, True)
    assert kept() == before


def test_every_fault_of_a_file_is_told(ask: Any) -> None:
    text = exported().replace("pack: fr\n", "pack: fr\nsurprise: 1\n").replace("nature: decide\n", "nature: reign\n", 1)
    answer = compare(ask, text)
    assert answer.status_code == 422
    assert len(answer.context["form"].errors["file"]) == 2
    for part in ("surprise", "reign"):
        assert part in words(answer)


def test_words_of_a_file_are_words_on_the_page(ask: Any) -> None:
    answer = compare(ask, exported().replace("Decide every proposal", "<script>alert(1)</script>"))
    assert answer.status_code == 200
    assert b"<script>alert(1)" not in answer.content


def test_comparing_a_file_takes_as_many_questions_however_much_it_changes(ask: Any) -> None:
    counts = []
    for text in (exported(), exported().replace("mandatory: true", "mandatory: false")):
        with statements() as sent:
            compare(ask, text)
        counts.append(sent.total())
    assert counts[0] == counts[1] <= 14
