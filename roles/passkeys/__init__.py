"""Passkeys: who they are for (the relying party), the ceremonies of the browser, and signing in with one."""
