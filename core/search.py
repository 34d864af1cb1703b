"""Full-text search in French and English: the SQL of the migration for the column `Requirement.words`."""

#: Unaccented words, stemmed in each language; immutable because the configurations never change.
SEARCH_SQL = """
CREATE TEXT SEARCH CONFIGURATION public.ouvrage_fr (COPY = french);
ALTER TEXT SEARCH CONFIGURATION public.ouvrage_fr
  ALTER MAPPING FOR asciihword, asciiword, hword, hword_asciipart, hword_part, word WITH unaccent, french_stem;
CREATE TEXT SEARCH CONFIGURATION public.ouvrage_en (COPY = english);
ALTER TEXT SEARCH CONFIGURATION public.ouvrage_en
  ALTER MAPPING FOR asciihword, asciiword, hword, hword_asciipart, hword_part, word WITH unaccent, english_stem;
CREATE FUNCTION public.ouvrage_words(
  code text, title text, statement text, source text, justification text, criteria jsonb)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT to_tsvector('public.ouvrage_fr'::regconfig, said) || to_tsvector('public.ouvrage_en'::regconfig, said)
  FROM (SELECT concat_ws(' ', code, title, statement, source, justification, (
    SELECT string_agg(criterion ->> 'text', ' ') FROM jsonb_array_elements(criteria) AS criterion)) AS said) AS texts;
$$;
"""
DROP_SEARCH_SQL = """
DROP FUNCTION public.ouvrage_words(text, text, text, text, text, jsonb);
DROP TEXT SEARCH CONFIGURATION public.ouvrage_en;
DROP TEXT SEARCH CONFIGURATION public.ouvrage_fr;
"""
