"""SCIM 2.0 (RFC 7643, RFC 7644): Users and the three descriptions of the service, for a machine with a token."""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig, ValidationError
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from pydantic import ValidationError as PayloadError
from scim2_models import Context, Error, ListResponse, PatchOp, Resource, ResponseParameters, Schema, SCIMException

from core.acts import NotRecorded, refusal_of_a_rule
from core.allauth_internals import ratelimit
from core.commits import NotConfirmed
from projects.people.provisioning import services
from projects.people.provisioning.fields import address
from projects.people.provisioning.models import ProvisioningToken
from projects.people.provisioning.queries import filter_people, find_person, find_token, list_people
from projects.people.provisioning.resources import (
    ACCOUNT_TYPE,
    MOST,
    SCHEMAS,
    TOLERANT,
    Account,
    build_resource,
    describe_service,
    read_fields,
    read_payload,
    version_of,
)
from roles.models import User

logger = logging.getLogger("ouvrage.refusals")
MEDIA_TYPE = "application/scim+json"
APP = "projects.provisioning"
RATES = {"request": "600/m/key", "stranger": "30/m/ip"}
LONGEST_NUMBER = 9
type Answer = tuple[int, Mapping[str, Any], Mapping[str, str]]


class Refusal(Exception):
    """Raised with the status and words of an error, and its keyword if SCIM has one."""

    def __init__(self, status: int, detail: str, scim_type: str | None = None) -> None:
        super().__init__(detail)
        self.error = Error(status=status, detail=detail, scim_type=scim_type)


#: Errors that are answered in words.
TOLD = (
    Refusal,
    SCIMException,
    PayloadError,
    services.NotForProvisioning,
    ValidationError,
    NotRecorded,
    NotConfirmed,
)


def answer(request: HttpRequest, path: str) -> HttpResponse:
    """Answer one request: who asks, how often, then what."""
    token = find_token(request.headers.get("Authorization", ""))
    if token is None:
        if not ratelimit.consume(request, app=APP, action="stranger", config=RATES, limit_get=True):
            return _reply(*_describe(Refusal(429, "Too many requests.")))
        refusal = _reply(*_describe(Refusal(401, "Send a token that an administrator made.")))
        refusal["WWW-Authenticate"] = 'Bearer realm="Ouvrage"'
        return refusal
    if not ratelimit.consume(request, app=APP, action="request", config=RATES, key=str(token.pk), limit_get=True):
        return _reply(*_describe(Refusal(429, "Too many requests.")))
    try:
        return _reply(*_answer(request, token, path.rstrip("/")))
    except TOLD as error:
        return _reply(*_describe(error))
    except DatabaseError as error:
        if not refusal_of_a_rule(error):
            raise
        return _reply(*_describe(Refusal(409, "A rule of the database does not allow it.")))


def _describe(error: Exception) -> Answer:
    """Return the error as SCIM tells it."""
    return (told := _as_error(error)).status or 400, told.model_dump(), {}


def _as_error(error: Exception) -> Error:
    match error:
        case Refusal():
            return error.error
        case SCIMException():
            return error.to_error()
        case PayloadError():
            return Error.from_validation_errors(error)[0]
        case services.NotForProvisioning():
            return Error(status=409, scim_type=error.scim_type, detail=str(error))
        case ValidationError():
            return Error(status=409, detail=" ".join(error.messages))
        case _:
            return Error(status=503, detail="The organisation is busy: nothing is confirmed yet. Try again.")


def _reply(status: int, body: Mapping[str, Any] | None, headers: Mapping[str, str]) -> HttpResponse:
    if status >= 400:
        logger.warning("scim: %s %s", status, (body or {}).get("detail", ""))
    content = b"" if body is None else json.dumps(body).encode()
    kept = {"Cache-Control": "private, no-store", **headers}
    return HttpResponse(content, status=status, content_type=MEDIA_TYPE, headers=kept)


def _answer(request: HttpRequest, token: ProvisioningToken, path: str) -> Answer:
    kind, _slash, key = path.partition("/")
    if kind == "Users":
        return _answer_users(request, token, key)
    if kind == ".search" or path == "Users/.search":
        raise Refusal(501, "Searching by POST is not supported: use GET with a filter.")
    described = {"ServiceProviderConfig": _config, "ResourceTypes": _resource_types, "Schemas": _schemas}.get(kind)
    if described is None:
        raise Refusal(404, "There is nothing here.")
    if request.method != "GET":
        raise Refusal(405, "This can only be read.")
    if "filter" in request.GET:
        raise Refusal(403, "The description of the service has no filter.")
    return described(key)


def _config(key: str) -> Answer:
    if key:
        raise Refusal(404, "There is nothing here.")
    return 200, _dump(describe_service()), {}


def _resource_types(key: str) -> Answer:
    shown = ACCOUNT_TYPE.model_copy()
    return _list_described({"User": shown}, key)


def _schemas(key: str) -> Answer:
    return _list_described(SCHEMAS, key)


def _list_described(known: Mapping[str, Resource[Any]], key: str) -> Answer:
    """Return one description, or all of them."""
    if key:
        found = next((row for name, row in known.items() if name.lower() == key.lower()), None)
        if found is None:
            raise Refusal(404, "There is nothing here.")
        return 200, _dump(found), {}
    rows = [_dump(row) for row in known.values()]
    return 200, _list(rows, total=len(rows), start=1), {}


def _dump(resource: Any) -> dict[str, Any]:
    dumped: dict[str, Any] = resource.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE)
    kind = "Schema" if isinstance(resource, Schema) else type(resource).__name__
    place = {"Schema": f"Schemas/{resource.id}", "ResourceType": f"ResourceTypes/{resource.id}"}.get(kind, kind)
    return dumped | {"meta": {"resourceType": kind, "location": address(place)}}


def _list(rows: list[dict[str, Any]], *, total: int, start: int) -> dict[str, Any]:
    return {
        "schemas": [str(ListResponse.__schema__)],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": len(rows),
        "Resources": rows,
    }


def _answer_users(request: HttpRequest, token: ProvisioningToken, key: str) -> Answer:
    if key == ".search":
        raise Refusal(501, "Searching by POST is not supported: use GET with a filter.")
    if not key:
        answers: dict[str, Callable[[], Answer]] = {
            "GET": lambda: _list_users(request),
            "POST": lambda: _create(request, token),
        }
    else:
        person = find_person(key)
        if person is None:
            raise Refusal(404, "There is no such account.")
        answers = {
            "GET": lambda: _read(request, person),
            "PUT": lambda: _replace(request, token, person),
            "PATCH": lambda: _patch(request, token, person),
        }
    if request.method == "DELETE" and key:
        raise Refusal(501, "An account is closed, never deleted: set active to false.")
    answer = answers.get(request.method or "")
    if answer is None:
        raise Refusal(405, "This address does not take this method.")
    return answer()


def _list_users(request: HttpRequest) -> Answer:
    """List people by filter and page, as RFC 7644 counts: from 1."""
    text = request.GET.get("filter", "")
    people = filter_people(text) if text else list_people()
    if people is None:
        raise Refusal(
            400, 'Filter by userName, externalId or id, with eq: userName eq "a@example.org".', "invalidFilter"
        )
    start = max(_number(request, "startIndex", 1), 1)
    count = min(max(_number(request, "count", MOST), 0), MOST)
    rows = [_show(request, person) for person in people[start - 1 : start - 1 + count]]
    return 200, _list(rows, total=people.count(), start=start), {}


def _number(request: HttpRequest, name: str, default: int) -> int:
    text = request.GET.get(name, "")
    if not text:
        return default
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    if not (digits.isascii() and digits.isdecimal()):
        raise Refusal(400, f"{name} is a whole number.", "invalidValue")
    return sign * int(digits[:LONGEST_NUMBER])


def _show(request: HttpRequest, person: User, context: Context = Context.RESOURCE_QUERY_RESPONSE) -> dict[str, Any]:
    """Return the account with the attributes that the request asks for."""
    asked = {name: request.GET[name] for name in ("attributes", "excludedAttributes") if request.GET.get(name)}
    chosen = ResponseParameters[Account].model_validate(asked, scim_policy=TOLERANT) if asked else None
    shown: dict[str, Any] = build_resource(person).model_dump(scim_ctx=context, response_parameters=chosen)
    return shown


def _answer_one(request: HttpRequest, person: User, status: int = 200) -> Answer:
    headers = {"ETag": version_of(person), "Location": address(f"Users/{person.key}")}
    return status, _show(request, person), headers


def _read(request: HttpRequest, person: User) -> Answer:
    if version_of(person) in request.headers.get("If-None-Match", ""):
        return 304, {}, {"ETag": version_of(person)}
    return _answer_one(request, person)


def _create(request: HttpRequest, token: ProvisioningToken) -> Answer:
    fields = read_fields(read_payload(_read_body(request)))
    person = services.provision_person(actor=User.objects.installation(), token=token, fields=fields)
    return _answer_one(request, person, 201)


def _replace(request: HttpRequest, token: ProvisioningToken, person: User) -> Answer:
    _ensure_version(request, person)
    return _change(request, token, person, read_payload(_read_body(request)))


def _patch(request: HttpRequest, token: ProvisioningToken, person: User) -> Answer:
    _ensure_version(request, person)
    resource = build_resource(person)
    operations = PatchOp[Account].model_validate(
        _without_names(_read_body(request)), scim_ctx=Context.RESOURCE_PATCH_REQUEST, scim_policy=TOLERANT
    )
    operations.patch(resource, scim_policy=TOLERANT)
    return _change(request, token, person, resource)


def _without_names(body: dict[str, Any]) -> dict[str, Any]:
    """Leave aside changes of parts of a name, which some directories send beside `displayName`."""
    operations = body.get("Operations")
    if not isinstance(operations, list):
        return body
    kept = [row for row in operations if not (isinstance(row, dict) and _is_of_a_name(row.get("path")))]
    return body | {"Operations": kept or ([NOTHING] if operations else [])}


#: An operation that changes nothing, because a patch has at least one.
NOTHING = {"op": "add", "value": {}}


def _is_of_a_name(path: Any) -> bool:
    return isinstance(path, str) and path.lower().startswith("name.")


def _change(request: HttpRequest, token: ProvisioningToken, person: User, resource: Any) -> Answer:
    fields = read_fields(resource, person)
    actor = User.objects.installation()
    person = services.change_provisioned(actor=actor, token=token, person=person, fields=fields)
    return _answer_one(request, person)


def _ensure_version(request: HttpRequest, person: User) -> None:
    asked = request.headers.get("If-Match", "")
    if asked and asked != "*" and version_of(person) not in asked:
        raise Refusal(412, "The account has changed meanwhile.")


def _read_body(request: HttpRequest) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except RequestDataTooBig:
        raise Refusal(413, "The body is too large.") from None
    except (ValueError, RecursionError):
        raise Refusal(400, "The body is no JSON.", "invalidSyntax") from None
    if not isinstance(body, dict):
        raise Refusal(400, "The body is no JSON object.", "invalidSyntax")
    return body
