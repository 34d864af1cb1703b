"""Triggers of documents: size and hash match the bytes, versions are numbered without gaps."""

import pgtrigger

from core.guards import guard, refuse

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

ADDED_BY_A_SEAT = guard(
    "is_added_by_who_proposes_or_decides",
    pgtrigger.Insert,
    f"""
    IF NOT EXISTS (
         SELECT FROM public.projects_document d JOIN public.projects_mandate m ON m.project_id = d.project_id
         JOIN public.roles_user u ON u.id = m.holder_id
         WHERE d.id = NEW.document_id AND m.holder_id = NEW.added_by_id AND u.is_active
           AND m.authority IN ('decides', 'advises', 'delivers')
           AND m.period @> coalesce(public.ouvrage_back_entry(), clock_timestamp())) THEN
      {refuse("A document is added by the owner or by who may propose, in office (R5)")}
    END IF;
    """,
)

HAS_ITS_BYTES = pgtrigger.Trigger(
    name="has_a_first_version",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    func=f"""
        IF NOT EXISTS (SELECT FROM public.projects_documentversion WHERE document_id = NEW.id) THEN
          {refuse("A document is added with its bytes")}
        END IF;
        RETURN NULL;
    """,
)
