"""Requests on people, new projects, and who holds what on a project: roles, mandates, delegations, ties."""

from typing import Any

from projects.models import Ruling
from tests.requests.base import post


def people_requests() -> dict[str, dict[str, Any]]:
    """Return the acts on people, their accounts and new projects."""
    invite, found, own = "/administration/people/invite/", "/projects/new/", "/account/"
    fields = {
        "level": "project",
        "parent": "",
        "title_fr": "Réfection du quai 3",
        "title_en": "Repair of quay 3",
        "code": "QUAI-3",
        "prefix": "Q",
        "language": "fr",
        "pack": "fr",
        "starts_on": "{today+1}",
        "ends_on": "{today+400}",
        "budget": "1200000",
        "owner": "outsider@example.org",
        "step": "review",
    }
    return {
        "invite": post(
            invite,
            invite,
            "staff_admin",
            {"email": "new.adviser@example.org", "name": "Lise Maréchal", "organisation": "Port", "language": "fr"},
        ),
        "found_project": post(found, found, "staff_admin", fields, review=True, then={"step": "record"}),
        "edit_account": post(
            own, own, "owner", {"name": "Camille Vasseur", "language": "fr", "time_zone": "Europe/Lisbon"}
        ),
        "change_employer": post(
            f"{own}organisation/",
            f"{own}organisation/",
            "outsider",
            {"organisation": "Harbour pilots", "starts_on": "2026-01-05"},
        ),
        "state_absence": post(
            f"{own}absence/",
            f"{own}absence/",
            "owner",
            {"absent_from": "{today+1}", "absent_until": "{today+9}", "stand_in": ""},
        ),
        "change_password": post(
            f"{own}password/",
            f"{own}password/",
            "owner",
            {"current": "ouvrage-cast", "password": "a quay in the evening"},
        ),
        **passkey_requests(),
        **consent_requests(),
    }


def consent_requests() -> dict[str, dict[str, Any]]:
    """Return the acts by which a new credential or address of who decides counts.

    `{asked}` is a credential, and `{asked_change}` a change of address, for which somebody was asked to vouch.
    """
    account, person = "/account/", "/administration/people/{person}/"
    words = {"spoken": "on", "words": "I called her on her office line and know her voice."}
    return {
        "propose_address": post(f"{person}address/", f"{person}address/", "staff_admin", {"email": "new@example.org"}),
        "ask_address": post(f"{account}address/", f"{account}address/", "owner", {"email": "mine@example.org"}),
        "prove_credentials": post(f"{account}credentials/prove/", account, "owner", {}),
        "ask_vouch": post(f"{account}vouch/", account, "owner", {}),
        "vouch": post("/vouch/{asked}/", "/vouch/{asked}/", "staff_admin", words),
        "vouch_address": post("/vouch/address/{asked_change}/", "/vouch/address/{asked_change}/", "superuser", words),
    }


def passkey_requests() -> dict[str, dict[str, Any]]:
    """Return the acts on passkeys.

    `options` is where the browser gets the options of its ceremony, by POST in the same session; `{credential}` is its
    answer, as `PublicKeyCredential.toJSON()` writes it. `{passkey}` is the credential of the person.
    """
    own, sign_in = "/account/passkeys/", "/sign-in/passkey/"
    return {
        "passkey_add": post(
            f"{own}add/",
            f"{own}add/",
            "owner",
            {"name": "Office key", "credential": "{credential}"},
            options=f"{own}options/",
        ),
        "passkey_remove": post(
            "/account/second-factors/{passkey}/remove/", "/account/second-factors/{passkey}/remove/", "owner", {}
        ),
        "passkey_sign_in": post(
            sign_in, "/sign-in/", "owner", {"credential": "{credential}", "next": "/"}, options=f"{sign_in}options/"
        ),
    }


def organisation_requests() -> dict[str, dict[str, Any]]:
    """Return the acts of administrators on accounts, organisations and methods, and the imports of lists."""
    people, organisations = "/administration/people/", "/administration/organisations/"
    person, imports = f"{people}{{person}}/", "/administration/import/people/"
    risks = "/projects/{project}/import/risks/"
    house = {"code": "house", "name_fr": "Méthode du port", "name_en": "Method of the harbour"}
    listed = ["people.csv", "Full name;E-mail\nMaïwenn Le Roux;maiwenn@example.org\n"]
    raised = ["risks.csv", "Reference;Title;Cause;Event;Effect\nR-1;Fog;Spring;The ferry waits;Delay\n"]
    return {
        "name_administrator": post(f"{person}administrator/", person, "staff_admin", {}),
        "end_administrator": post(f"{person}administrator/end/", person, "staff_admin", {}),
        "second_rights_end": post(f"{person}administrator/end/confirm/", person, "superuser", {}),
        "keep_rights": post(f"{person}administrator/end/take-back/", person, "staff_admin", {}),
        "object_rights_end": post("{objection}", "{objection}", "anonymous", {}),
        "send_reset": post(f"{person}reset/", person, "staff_admin", {}),
        "set_provider": post(
            "/administration/sign-in/",
            "/administration/sign-in/",
            "staff_admin",
            {
                "provider_kind": "openid_connect",
                "provider_issuer": "{issuer}",
                "provider_client_id": "{client_id}",
                "provider_secret": "{client_secret}",
                "provider_name": "Harbour office",
                "provider_domain": "",
                "provider_own_factor": "on",
                "seen": "{seen}",
            },
        ),
        "plan_departure": post(
            f"{person}close/",
            f"{person}close/",
            "staff_admin",
            {"last_day": "{today+20}", "step": "review"},
            review=True,
            then={"step": "record"},
        ),
        "close_account": post(
            f"{person}close/",
            f"{person}close/",
            "staff_admin",
            {"step": "review"},
            review=True,
            then={"step": "record"},
        ),
        **replacement_requests(),
        "add_organisation": post(
            f"{organisations}new/", f"{organisations}new/", "staff_admin", {"name": "Harbour pilots"}
        ),
        "copy_method": post("/referential/fr/copy/", "/referential/fr/copy/", "staff_admin", house),
        "import_people": post(imports, imports, "staff_admin", {}, files={"file": listed}),
        "import_risks": post(risks, risks, "pmo", {}, files={"file": raised}),
    }


def replacement_requests() -> dict[str, dict[str, Any]]:
    """Return the acts by which two people close the account of an owner, or name another one.

    `{replacement}` is the number in the address to which a proposal leads, `{objection}` the address in the mail to the
    former owner, or to the administrator whose rights are to end. Project THREE has no owner in office.
    """
    close, name = "/administration/people/{person}/close/owner/", "/administration/projects/THREE/owner/"
    row, words = "/replacements/{replacement}/", {"because": "The owner has left the harbour for good."}
    reviewed: dict[str, Any] = {"review": True, "then": {"step": "record"}}
    return {
        "propose_closing": post(close, close, "staff_admin", {**words, "last_day": "", "step": "review"}, **reviewed),
        "propose_owner": post(
            name, name, "staff_admin", {**words, "email": "outsider@example.org", "step": "review"}, **reviewed
        ),
        "second_replacement": post(f"{row}second/", row, "superuser", {"because": "I have spoken with the team."}),
        "take_replacement": post(f"{row}accept/", row, "outsider", {}),
        "object_to_replacement": post("{objection}", "{objection}", "anonymous", {}),
        "confirm_replacement": post(f"{row}confirm/", row, "staff_admin", words),
        "end_replacement": post(f"{row}withdraw/", row, "staff_admin", {}),
    }


def role_requests() -> dict[str, dict[str, Any]]:
    """Return the acts on roles, mandates, delegations, bidders and declared interests."""
    facts = "/projects/{project}/facts/"
    roles, ties, record = "/projects/{project}/mandates/", "/projects/{project}/interests/", {"step": "record"}
    return {
        "adapt_roles": post(
            "/projects/{project}/roles/adapt/drop/",
            "/projects/{project}/roles/adapt/drop/",
            "pmo",
            {"base": "1", "duty": "PMO PMO-13", "reason": "The project managers are trained."},
        ),
        "appoint": post(
            f"{roles}appoint/",
            f"{roles}appoint/",
            "owner",
            {"role": "DEST", "email": "outsider@example.org", "ends_on": "{today+90}", "group": "Anglers"},
        ),
        "edit_facts": post(
            f"{facts}change/",
            f"{facts}change/",
            "owner",
            {"title_fr": "Le premier port", "title_en": "The first harbour", "language": "fr", "seen": "{seen}"},
        ),
        "switch_workspaces": post(
            f"{facts}workspaces/",
            f"{facts}workspaces/",
            "owner",
            {"workspaces": "risks", "seen": "{seen}", "step": "review"},
            review=True,
            then=record,
        ),
        "sign_decisions": post(f"{facts}signing/", f"{facts}signing/", "owner", {"required": "on", "seen": "{seen}"}),
        "name_owner": post(
            f"{roles}name-owner/",
            f"{roles}name-owner/",
            "owner",
            {"email": "outsider@example.org", "starts_on": "{today+30}", "step": "review"},
            review=True,
            then=record,
        ),
        "end_mandate": post(
            "/mandates/{mandate}/end/",
            "/mandates/{mandate}/end/",
            "owner",
            {"ends_on": "{today+10}", "because": "Moved to another project.", "step": "review"},
            review=True,
            then=record,
        ),
        "accept": post("/mandates/{mandate}/accept/", roles, "moe", {}),
        "decline": post(
            "/mandates/{mandate}/decline/",
            "/mandates/{mandate}/decline/",
            "moe",
            {"because": "I work for another provider now.", "step": "review"},
            review=True,
            then=record,
        ),
        "state_competence": post(
            "/mandates/{mandate}/competence/", roles, "moe", {"text": "Three harbours built.", "document": ""}
        ),
        "delegate": post(
            f"{roles}delegate/",
            f"{roles}delegate/",
            "owner",
            {
                "email": "outsider@example.org",
                "kinds": "minor_change",
                "cap": "5 000",
                "ends_on": "{today+60}",
                "document": "Act of delegation 2, signed today",
                "step": "review",
            },
            review=True,
            then=record,
        ),
        "revoke": post("/delegations/{delegation}/revoke/", "/delegations/{delegation}/revoke/", "owner", {}),
        "note_bidder": post(
            f"{ties}bidder/",
            f"{ties}bidder/",
            "owner",
            {"organisation": "Quays and Locks Ltd", "step": "review"},
            review=True,
            then=record,
        ),
        "declare_interest": post(
            f"{ties}declare/",
            f"{ties}declare/",
            "pmo",
            {"organisation": "Quays and Locks Ltd", "tie": "I worked there until last year.", "step": "review"},
            review=True,
            then=record,
        ),
        "settle_interest": post(
            "/interests/{interest}/settle/",
            "/interests/{interest}/settle/",
            "owner",
            {"ruling": Ruling.STAYS.value, "because": "A relative, unpaid.", "step": "review"},
            review=True,
            then=record,
        ),
    }
