"""Triggers of the matrix: numbered without gaps, hashed, powers computed from its letters."""

import pgtrigger

from core.record.guards import follows_the_last, guard, hash_of, refuse

#: Powers of each role, computed from the content; the SQL twin of roles.role_templates.content.Matrix.powers.
POWERS = """
    SELECT coalesce(jsonb_object_agg(r ->> 'code', (
      SELECT coalesce(jsonb_object_agg(letter.nature, letter.kinds), '{}') FROM (
        SELECT d ->> 'nature' AS nature, jsonb_agg(DISTINCT kind COLLATE "C" ORDER BY kind COLLATE "C") AS kinds
        FROM jsonb_array_elements(r -> 'duties') AS d, jsonb_array_elements_text(d -> 'activities') AS activity,
          jsonb_array_elements(NEW.content -> 'lines') AS line, jsonb_array_elements_text(line -> 'kinds') AS kind
        WHERE line ->> 'code' = activity
        GROUP BY d ->> 'nature') AS letter)), '{}')
    FROM jsonb_array_elements(NEW.content -> 'roles') AS r
"""

CARRIES_ITS_HASH = guard(
    "carries_its_hash",
    pgtrigger.Insert,
    f"""
    IF NEW.hash <> {hash_of("jsonb_build_object('content', NEW.content, 'powers', NEW.powers)")} THEN
      {refuse("A matrix carries the hash of its content")}
    END IF;
    IF NEW.powers IS DISTINCT FROM ({POWERS}) THEN
      {refuse("What a matrix allows is what its letters say")}
    END IF;
    {follows_the_last("projects_matrix", "The versions of a matrix follow each other")}
    """,
)
