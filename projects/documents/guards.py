"""Triggers of documents: size and hash match the bytes, versions are numbered without gaps."""

import pgtrigger

from core.record.guards import NOW, deferred, guard, refuse
from projects.seat_guards import holds

CARRIES_ITS_BYTES = guard(
    "carries_its_bytes",
    pgtrigger.Insert,
    f"""
    IF NEW.sha256 <> encode(sha256(NEW.content), 'hex') OR NEW.size <> octet_length(NEW.content) THEN
      {refuse("A version carries the size and the hash of its bytes")}
    END IF;
    """,
)

FOLLOWS_THE_VERSION_BEFORE = guard(
    "follows_the_version_before",
    pgtrigger.Insert,
    f"""
    SELECT max(number) INTO newest FROM public.projects_documentversion WHERE document_id = NEW.document_id;
    IF NEW.number <> coalesce(newest, 0) + 1 THEN
      {refuse("The versions of a document follow each other")}
    END IF;
    IF EXISTS (SELECT FROM public.projects_documentversion
               WHERE document_id = NEW.document_id AND number = newest AND sha256 = NEW.sha256) THEN
      {refuse("Another version has other bytes")}
    END IF;
    """,
    newest="integer",
)


def of_its_project(column: str, message: str) -> str:
    """Return the statement that refuses in `column` a version of a document of another project than the row's."""
    return f"""
    IF NEW.{column} IS NOT NULL AND NOT EXISTS (
         SELECT FROM public.projects_documentversion v JOIN public.projects_document d ON d.id = v.document_id
         WHERE v.id = NEW.{column} AND d.project_id = NEW.project_id) THEN
      {refuse(message)}
    END IF;"""


ADDED_BY_A_SEAT = guard(
    "is_added_by_who_proposes_or_decides",
    pgtrigger.Insert,
    f"""
    SELECT project_id INTO of_project FROM public.projects_document WHERE id = NEW.document_id;
    IF NOT {holds("NEW.added_by_id", "of_project", "m.authority IN ('decides', 'advises', 'delivers')")} THEN
      {refuse("A document is added by the owner or by who may propose, in office (R5)")}
    END IF;
    """,
    moment=NOW,
    of_project="bigint",
)

HAS_ITS_BYTES = deferred(
    "has_a_first_version",
    pgtrigger.Insert,
    f"""
        IF NOT EXISTS (SELECT FROM public.projects_documentversion WHERE document_id = NEW.id) THEN
          {refuse("A document is added with its bytes")}
        END IF;
    """,
)
