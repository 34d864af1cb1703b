"""Database triggers for checkpoints, one unbroken sequence signed with the announced key, and their time stamps."""

import pgtrigger

from core.record.guards import guard, refuse
from tools.verify_ledger import CHECKPOINT_DOMAIN, HEAD_DOMAIN

FOLLOWS_THE_LAST = guard(
    "follows_the_last_checkpoint",
    pgtrigger.Insert,
    f"""
    SELECT * INTO last FROM public.governance_checkpoint ORDER BY number DESC LIMIT 1;
    said := convert_from(NEW.body, 'UTF8')::jsonb;
    IF NEW.number <> coalesce(last.number, 0) + 1
       OR said ->> 'prev' IS DISTINCT FROM encode(coalesce(last.hash, decode(repeat('00', 32), 'hex')), 'hex') THEN
      {refuse("A checkpoint follows the one before it")}
    END IF;
    IF NEW.hash <> sha256('\\x{CHECKPOINT_DOMAIN.hex()}'::bytea || NEW.body)
       OR NEW.body <> convert_to(public.ouvrage_canonical(said), 'UTF8') THEN
      {refuse("A checkpoint carries the hash of its canonical bytes")}
    END IF;
    IF said IS DISTINCT FROM jsonb_build_object(
         'version', '2', 'number', NEW.number::text, 'prev', said -> 'prev', 'heads', said -> 'heads',
         'made_at', to_char(NEW.made_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'),
         'key', encode(sha256(NEW.public_key), 'hex'), 'next_key', said -> 'next_key')
       OR NEW.made_at NOT BETWEEN transaction_timestamp() AND clock_timestamp() THEN
      {refuse("A checkpoint says when it is made, and by which key")}
    END IF;
    IF said -> 'heads' IS DISTINCT FROM (
         SELECT coalesce(jsonb_agg(salted ORDER BY salted), '[]'::jsonb)
         FROM (SELECT encode(sha256('\\x{HEAD_DOMAIN.hex()}'::bytea
                 || convert_to(public.ouvrage_canonical(opening), 'UTF8')), 'hex') AS salted
               FROM jsonb_array_elements(NEW.openings) opening) hashes)
       OR EXISTS (
         SELECT FROM jsonb_array_elements(NEW.openings) opening
         WHERE opening <> jsonb_build_object('project', opening -> 'project', 'seq', opening -> 'seq',
                                             'head', opening -> 'head', 'salt', opening -> 'salt')) THEN
      {refuse("A checkpoint holds the salted hash of each head it opens")}
    END IF;
    announced := decode(nullif(convert_from(last.body, 'UTF8')::jsonb ->> 'next_key', ''), 'hex');
    IF NEW.public_key <> coalesce(announced, last.public_key, NEW.public_key) THEN
      {refuse("A checkpoint is signed by the key that was announced")}
    END IF;
    NEW.announces := said ->> 'next_key' <> '';
    """,
    last="public.governance_checkpoint",
    said="jsonb",
    announced="bytea",
)

#: Most bytes of a token; usual ones have 2 to 8 KiB.
LARGEST_TOKEN = 64 << 10

STAMPS_ITS_CHECKPOINT = guard(
    "stamps_its_checkpoint",
    pgtrigger.Insert,
    f"""
    IF position((SELECT hash FROM public.governance_checkpoint WHERE id = NEW.checkpoint_id) IN NEW.token) = 0 THEN
      {refuse("A time stamp holds the hash of its checkpoint")}
    END IF;
    IF octet_length(NEW.token) > {LARGEST_TOKEN} THEN
      {refuse("A time stamp has 64 KiB at most")}
    END IF;
    """,
)
