"""Check that the roles have exactly the rights of config/grants.py, directly or by PUBLIC, membership or ownership."""

from collections import defaultdict

from django.conf import settings

from config.database_check.verdict import Verdict, rows
from config.grants import granted_roles, rights

ATTRIBUTES = """
SELECT r.rolname, a.word FROM pg_roles r CROSS JOIN LATERAL (VALUES
  ('SUPERUSER', r.rolsuper), ('BYPASSRLS', r.rolbypassrls), ('CREATEROLE', r.rolcreaterole),
  ('CREATEDB', r.rolcreatedb), ('REPLICATION', r.rolreplication)) AS a (word, held)
WHERE r.rolname = ANY (%s) AND a.held
"""
MEMBERSHIPS = """
SELECT m.member::regrole::text, m.roleid::regrole::text FROM pg_auth_members m
WHERE m.member IN (SELECT oid FROM pg_roles WHERE rolname = ANY (%s))
"""
OWNERS = """
SELECT o.kind, o.name, r.rolname FROM (
  SELECT 'table', relname, relowner FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT 'function', proname, proowner FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT 'schema', nspname, nspowner FROM pg_namespace
  UNION ALL SELECT 'database', datname, datdba FROM pg_database WHERE datname = current_database()
) AS o (kind, name, owner) JOIN pg_roles r ON r.oid = o.owner WHERE r.rolname = ANY (%s)
"""
#: Tables, views and sequences of the schema with the rights on their columns, without those of extensions.
ON_TABLES = """
SELECT coalesce(r.rolname, 'PUBLIC'), g.name, g.column_name, g.privilege, g.grantable
FROM (
  SELECT c.oid, c.relname AS name, '' AS column_name, c.relowner, a.grantee, a.privilege_type, a.is_grantable
  FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a
  UNION ALL
  SELECT c.oid, c.relname, t.attname, c.relowner, a.grantee, a.privilege_type, a.is_grantable
  FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid CROSS JOIN LATERAL aclexplode(t.attacl) a
) AS g (table_oid, name, column_name, owner, grantee, privilege, grantable)
LEFT JOIN pg_roles r ON r.oid = g.grantee
WHERE g.grantee <> g.owner
  AND (SELECT relnamespace FROM pg_class WHERE oid = g.table_oid) = 'public'::regnamespace
  AND NOT EXISTS (SELECT FROM pg_depend d
                  WHERE d.classid = 'pg_class'::regclass AND d.objid = g.table_oid AND d.deptype = 'e')
"""
TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
ELSEWHERE = """
SELECT r.name, g.privilege || ' on the ' || g.kind || ' ' || g.name
FROM (
  SELECT 'schema', n.nspname, a.grantee, a.privilege_type
  FROM pg_namespace n CROSS JOIN LATERAL aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
  WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
  UNION ALL
  SELECT 'database', d.datname, a.grantee, a.privilege_type
  FROM pg_database d CROSS JOIN LATERAL aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
  WHERE d.datname = current_database()
  UNION ALL
  SELECT 'parameter', p.parname, a.grantee, a.privilege_type
  FROM pg_parameter_acl p CROSS JOIN LATERAL aclexplode(p.paracl) a
) AS g (kind, name, grantee, privilege)
JOIN (SELECT oid, rolname::text FROM pg_roles WHERE rolname = ANY (%s) UNION ALL SELECT 0, 'PUBLIC') AS r (oid, name)
  ON r.oid = g.grantee
WHERE NOT (g.kind = 'database' AND g.privilege = 'CONNECT')
  AND NOT (g.kind = 'schema' AND g.privilege = 'USAGE')
"""


def check_attributes() -> Verdict:
    """Check that the roles have no attributes, no memberships and no objects."""
    roles = granted_roles()
    faults = [f"{role} has {word}" for role, word in rows(ATTRIBUTES, roles)]
    faults += [f"{role} is a member of {other}" for role, other in rows(MEMBERSHIPS, roles)]
    faults += [f"{role} owns the {kind} {name}" for kind, name, role in rows(OWNERS, roles)]
    if settings.RUNTIME_ROLE not in roles:
        faults.append(f"the runtime role {settings.RUNTIME_ROLE} does not exist")
    return Verdict("roles", f"{', '.join(roles)}: own nothing and belong to no other role", sorted(faults))


def check_tables() -> Verdict:
    """Check the table rights: ours exactly as in config/grants.py, none for PUBLIC, at most SELECT for others."""
    roles = granted_roles()
    held: dict[tuple[str, str], set[str]] = defaultdict(set)
    faults = []
    for role, name, column, privilege, grantable in rows(ON_TABLES):
        if role in roles and not column and not grantable:
            held[role, name].add(privilege)
        elif role in roles or role == "PUBLIC" or privilege != "SELECT":
            of = f"{name}.{column}" if column else name
            faults.append(f"{role} has {privilege} on {of}" + (" with the right to pass it on" if grantable else ""))
    wanted = {
        (role, table): set(words.split(", "))
        for role in roles
        for (table,) in rows(TABLES)
        if (words := rights(role, table))
    }
    for role, name in held.keys() | wanted.keys():
        has, needs = held.get((role, name), set()), wanted.get((role, name), set())
        faults += [f"{role} has {privilege} on {name}" for privilege in has - needs]
        faults += [f"{role} lacks {privilege} on {name}" for privilege in needs - has]
    return Verdict("rights", f"{', '.join(roles)}: have exactly the rights they need", sorted(faults))


def check_other_rights() -> Verdict:
    """Check that our roles and PUBLIC cannot create anything or set superuser settings."""
    roles = granted_roles()
    faults = [f"{role} has {right}" for role, right in rows(ELSEWHERE, roles)]
    return Verdict("outside", "neither they nor PUBLIC create tables or set what only a superuser sets", sorted(faults))
