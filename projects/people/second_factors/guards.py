"""Of whom a second factor is required, and the trigger that keeps their last one.

The SQL function is the only definition: middleware, pages and trigger call the same one.
"""

import pgtrigger

from core.record.guards import deferred, refuse
from projects.ledger.enums import Act
from projects.organisation_settings.enums import SecondFactor
from projects.people.credentials.enums import CredentialKind, Origin
from projects.people.second_factors.ended_factors import FACTORS_TOO
from roles.enums import Authority

#: Kinds that are asked for as a second step; recovery codes stand in for them.
STEPS = (CredentialKind.PASSKEY, CredentialKind.CODE_APP)
_STEPS = "({})".format(", ".join(f"'{kind}'" for kind in STEPS))

#: Return whether a second factor is required of a person: by what they hold or sign for, or as an administrator.
FACTOR_REQUIRED_SQL = f"""
CREATE OR REPLACE FUNCTION public.ouvrage_factor_required(person bigint, moment timestamptz)
RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
  settings public.projects_organisationsettings;
BEGIN
  SELECT * INTO settings FROM public.projects_organisationsettings;
  IF settings.second_factor IS NULL
     OR settings.second_factor = '{SecondFactor.NOBODY}' AND settings.second_factor_roles = '{{}}' THEN
    RETURN false;
  END IF;
  RETURN EXISTS (
    SELECT FROM public.roles_user u WHERE u.id = person AND u.is_active AND (
      u.is_staff AND settings.second_factor <> '{SecondFactor.NOBODY}'
      OR EXISTS (
        SELECT FROM public.projects_mandate m JOIN public.roles_roletemplate t ON t.id = m.role_id
        JOIN public.roles_user h ON h.id = m.holder_id
        LEFT JOIN public.projects_delegation d ON d.mandate_id = m.id AND d.delegate_id = u.id AND d.period @> moment
        WHERE (m.holder_id = u.id OR d.id IS NOT NULL) AND h.is_active AND NOT m.taken_back AND m.period @> moment
          AND (settings.second_factor = '{SecondFactor.EVERYBODY}'
               OR settings.second_factor = '{SecondFactor.DECIDERS}' AND m.authority = '{Authority.DECIDES}'
               OR t.pack || '/' || t.code = ANY (settings.second_factor_roles)))));
END $$;
"""

#: On credentials. Deferred: a code app is exchanged within one act. The one way to lose all of them is the link that
#: an administrator had sent for it, by which its person chose a password in the same act. The lock makes two removals
#: at once wait for each other.
KEEPS_THE_LAST_FACTOR = deferred(
    "keeps_the_last_required_factor",
    pgtrigger.Update,
    f"""
        IF NEW.ended_at IS NULL OR OLD.ended_at IS NOT NULL OR NEW.kind NOT IN {_STEPS} THEN
          RETURN NULL;
        END IF;
        PERFORM FROM public.roles_user WHERE id = NEW.person_id FOR NO KEY UPDATE;
        IF public.ouvrage_factor_required(NEW.person_id, clock_timestamp())
           AND NOT EXISTS (
             SELECT FROM public.projects_credential c
             WHERE c.person_id = NEW.person_id AND c.kind IN {_STEPS} AND c.ended_at IS NULL)
           AND NOT EXISTS (
             SELECT FROM public.projects_credential c
             WHERE c.person_id = NEW.person_id AND c.kind = '{CredentialKind.PASSWORD}'
               AND c.origin = '{Origin.MAILED}' AND c.ended_at IS NULL
               AND c.given_at >= greatest(NEW.ended_at, transaction_timestamp())
               AND (SELECT e.act = '{Act.SEND_RESET}' AND e.detail = '{FACTORS_TOO}'
                    FROM public.projects_ledgerevent ended JOIN public.projects_ledgerevent e ON e.id < ended.id
                    WHERE ended.subject = 'projects.credential' AND ended.subject_id = NEW.id
                      AND ended.act = '{Act.END_CREDENTIAL}'
                      AND e.subject = 'roles.user' AND e.subject_id = NEW.person_id
                      AND e.act IN ('{Act.SEND_RESET}', '{Act.CHANGE_PASSWORD}')
                    ORDER BY e.id DESC LIMIT 1)) THEN
          {refuse("A person keeps one second factor while it is required of them")}
        END IF;
    """,
)
