"""Description of a request."""

from typing import Any


def post(url: str, page: str, by: str, fields: dict[str, str], **more: Any) -> dict[str, Any]:
    """Describe a POST to `url` from the form on `page`; placeholders as in `contract.acts`."""
    return {"method": "POST", "url": url, "page": page, "by": by, "review": False, "fields": fields, **more}
