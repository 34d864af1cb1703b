"""People as SCIM resources: the schema that is published, and the way between it and an account."""

import unicodedata
from collections.abc import Mapping
from hashlib import sha256
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from pydantic import Field
from scim2_models import (
    URN,
    ComplexAttribute,
    ExtensibleStringEnum,
    Extension,
    InvalidValueException,
    Meta,
    Mutability,
    MutabilityException,
    Required,
    Resource,
    ResourceType,
    Schema,
    ScimPolicy,
    ServiceProviderConfig,
    Uniqueness,
)

from core.forms import is_blank
from core.words.characters import code_of, find_hidden
from projects.organisation_settings.queries import organisation
from projects.people.provisioning.fields import Fields, address
from roles.accounts.addresses import validate_address
from roles.models import User

#: People listed on a page, at most.
MOST = 200
LONGEST_NAME, LONGEST_TITLE, LONGEST_ORGANISATION, LONGEST_EXTERNAL = 150, 150, 200, 255
#: Attributes that other systems send and Ouvrage does not know are left aside.
TOLERANT = ScimPolicy(unknown=ScimPolicy.Unknown.ignore)


class Name(ComplexAttribute):
    """The full name, again."""

    formatted: Annotated[str | None, Mutability.read_only] = None


class Email(ComplexAttribute):
    """The address of the account, again."""

    value: Annotated[str | None, Mutability.read_only] = None
    primary: Annotated[bool | None, Mutability.read_only] = None


class Locale(ExtensibleStringEnum):
    """A language of Ouvrage."""

    fr = "fr"
    en = "en"


class EnterpriseUser(Extension):
    """What the extension of enterprises says that Ouvrage knows too."""

    __schema__ = URN("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")

    organization: str | None = None
    """The organisation of the person."""


class Person(Resource[Any]):
    """An account. Its address never changes here: people change theirs, from both mailboxes."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Required.true, Mutability.immutable, Uniqueness.server] = None
    """The e-mail address."""
    display_name: Annotated[str | None, Required.true] = None
    """The full name."""
    name: Annotated[Name | None, Mutability.read_only] = None
    """The full name, again."""
    title: str | None = None
    """The title or position."""
    locale: Locale | None = None
    """The language: fr or en."""
    active: Annotated[bool | None, Required.true] = None
    """Whether the account is open."""
    emails: Annotated[list[Email] | None, Mutability.read_only] = Field(default=None)
    """The e-mail address, again."""


Account: Any = Person[EnterpriseUser]  # type: ignore[misc]
ACCOUNT_TYPE = ResourceType.model_validate(
    {
        "id": "User",
        "name": "User",
        "endpoint": "/Users",
        "description": "Account of a person",
        "schema": str(Person.__schema__),
        "schemaExtensions": [{"schema": str(EnterpriseUser.__schema__), "required": False}],
    }
)
#: Schemas that are published: of accounts, and of the descriptions themselves.
DESCRIBED: Any = (Person, EnterpriseUser, ResourceType, ServiceProviderConfig, Schema)
SCHEMAS: dict[str, Schema] = {str(model.__schema__): model.to_schema() for model in DESCRIBED}
SCHEMAS[str(Person.__schema__)].name = "User"


def describe_service() -> ServiceProviderConfig:
    """Return what this service can do."""
    token = {"type": "oauthbearertoken", "name": "Token", "description": "A token that an administrator made."}
    return ServiceProviderConfig.model_validate(
        {
            "documentationUri": "https://datatracker.ietf.org/doc/html/rfc7644",
            "patch": {"supported": True},
            "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
            "filter": {"supported": True, "maxResults": MOST},
            "changePassword": {"supported": False},
            "sort": {"supported": False},
            "etag": {"supported": True},
            "authenticationSchemes": [token],
        }
    )


def build_resource(person: User) -> Any:
    """Return the account as a resource."""
    resource = Account(
        id=str(person.key),
        external_id=person.external_id or None,
        user_name=person.email,
        display_name=person.name,
        name=Name(formatted=person.name),
        title=person.title or None,
        locale=Locale(person.language) if person.language else None,
        active=person.is_active,
        emails=[Email(value=person.email, primary=True)],
        meta=Meta(resource_type="User", location=address(f"Users/{person.key}"), version=version_of(person)),
    )
    if person.organisation:
        resource[EnterpriseUser] = EnterpriseUser(organization=person.organisation.name)
    return resource


def version_of(person: User) -> str:
    """Return the ETag: what the resource says."""
    said = [
        person.email,
        person.name,
        person.title,
        person.language,
        str(person.organisation or ""),
        person.external_id,
        str(person.is_active),
    ]
    return f'W/"{sha256("\0".join(said).encode()).hexdigest()[:24]}"'


def read_payload(payload: Mapping[str, Any]) -> Any:
    """Return the resource of a request; a name in another attribute than `displayName` is taken over."""
    named = {key.lower(): value for key, value in payload.items()}
    full = named.get("displayname") or _read_name(named.get("name"))
    kept = {key: value for key, value in payload.items() if key.lower() not in {"name", "displayname"}}
    return Account.model_validate({**kept, "displayName": full}, scim_policy=TOLERANT)


def _read_name(name: Any) -> str | None:
    if not isinstance(name, Mapping):
        return None
    parts = {key.lower(): value for key, value in name.items() if isinstance(value, str)}
    return parts.get("formatted") or f"{parts.get('givenname', '')} {parts.get('familyname', '')}".strip() or None


def read_fields(resource: Any, known: User | None = None) -> Fields:
    """Return the fields of a resource. Raises SCIMException; a changed address is refused, never ignored."""
    email = (resource.user_name or "").strip().lower()
    if known and email != known.email.lower():
        raise MutabilityException(detail="An address is changed by its person, not by provisioning.")
    for other in resource.emails or []:
        if other.primary is not False and other.value and other.value.strip().lower() != email:
            raise MutabilityException(detail="The address of an account is its userName: emails must say the same.")
    try:
        if known is None:
            validate_address(email)
    except ValidationError:
        raise InvalidValueException(detail="userName must be an e-mail address in ASCII.") from None
    extension = resource[EnterpriseUser]
    return Fields(
        email=email,
        name=_clean(resource.display_name, LONGEST_NAME, "displayName", is_required=True),
        title=_clean(resource.title, LONGEST_TITLE, "title"),
        language=_read_language(resource.locale),
        organisation=_clean(extension.organization if extension else "", LONGEST_ORGANISATION, "organization"),
        external_id=_clean(resource.external_id, LONGEST_EXTERNAL, "externalId"),
        is_active=(known.is_active if known else True) if resource.active is None else resource.active,
    )


def _clean(value: str | None, longest: int, name: str, *, is_required: bool = False) -> str:
    text = " ".join(unicodedata.normalize("NFC", value or "").split())
    if hidden := find_hidden(text):
        raise InvalidValueException(detail=f"{name} has the invisible character {code_of(hidden[0])}.")
    if len(text) > longest or (is_required and is_blank(text)):
        raise InvalidValueException(detail=f"{name} must be a text of at most {longest} characters.")
    return text


def _read_language(locale: Any) -> str:
    """Return the language; the one of the organisation for a language that Ouvrage does not speak."""
    if not locale:
        return ""
    language = str(getattr(locale, "value", locale)).replace("_", "-").partition("-")[0].lower()
    return language if language in User.Language.values else organisation().language
