"""Full-text search in French and English: the SQL of its configurations and functions, which migrations install.

`core/search_index` declares what is found and keeps it, `governance/desk/search` finds it.
"""

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

#: Functions of the table `core_searchtext`; all immutable, since generated columns and indexes call them.
#: - `ouvrage_plain`: lower case without accents.
#: - `ouvrage_text_of`: the text of a file, empty where its bytes are none.
#: - `ouvrage_search_key`: a code without punctuation and leading zeros, so that "vd5" finds VD-05.
#: - `ouvrage_search_words`: every word as its stem in both languages, and as it is written; parts of codes are words.
#: - `ouvrage_search_query`: all of these words, of letters and digits only; the last one is a beginning when it is
#:   `open`. A word that either language leaves out is not asked for, unless there is no other.
SEARCH_TEXT_SQL = r"""
CREATE FUNCTION public.ouvrage_plain(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT lower(public.unaccent('public.unaccent'::regdictionary, said));
$$;
CREATE FUNCTION public.ouvrage_text_of(content bytea) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN ltrim(convert_from(content, 'UTF8'), U&'\FEFF');
EXCEPTION WHEN data_exception THEN
  RETURN '';
END $$;
CREATE FUNCTION public.ouvrage_search_key(code text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT upper(replace(regexp_replace(
    regexp_replace(code, '[^[:alnum:]]+', ' ', 'g'), '(^|[^0-9])0+(?=[0-9])', '\1', 'g'), ' ', ''));
$$;
CREATE FUNCTION public.ouvrage_search_words(head text, body text)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT setweight(to_tsvector('public.ouvrage_fr'::regconfig, h), 'A')
      || setweight(to_tsvector('public.ouvrage_en'::regconfig, h), 'A')
      || setweight(to_tsvector('pg_catalog.simple'::regconfig, h), 'A')
      || setweight(to_tsvector('public.ouvrage_fr'::regconfig, b), 'C')
      || setweight(to_tsvector('public.ouvrage_en'::regconfig, b), 'C')
      || setweight(to_tsvector('pg_catalog.simple'::regconfig, b), 'C')
  FROM (SELECT regexp_replace(head, '[-_/.:@+#<>]+', ' ', 'g') AS h,
               regexp_replace(body, '[-_/.:@+#<>]+', ' ', 'g') AS b) AS said;
$$;
CREATE FUNCTION public.ouvrage_search_query(said text[], open boolean)
RETURNS tsquery LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  word text;
  fr tsquery;
  en tsquery;
  plain tsquery;
  kept tsquery := '';
  everything tsquery := '';
BEGIN
  FOREACH word IN ARRAY said LOOP
    fr := plainto_tsquery('public.ouvrage_fr', word);
    en := plainto_tsquery('public.ouvrage_en', word);
    plain := plainto_tsquery('pg_catalog.simple', word);
    IF open AND word = said[array_upper(said, 1)] THEN
      plain := to_tsquery('pg_catalog.simple', word || ':*')
            || to_tsquery('pg_catalog.simple', public.ouvrage_plain(word) || ':*');
    END IF;
    everything := everything && (fr || en || plain);
    IF numnode(fr) > 0 AND numnode(en) > 0 THEN
      kept := kept && (fr || en || plain);
    END IF;
  END LOOP;
  RETURN CASE WHEN numnode(kept) > 0 THEN kept ELSE everything END;
END $$;
"""
DROP_SEARCH_TEXT_SQL = """
DROP FUNCTION public.ouvrage_search_query(text[], boolean);
DROP FUNCTION public.ouvrage_search_words(text, text);
DROP FUNCTION public.ouvrage_search_key(text);
DROP FUNCTION public.ouvrage_text_of(bytea);
DROP FUNCTION public.ouvrage_plain(text);
"""
