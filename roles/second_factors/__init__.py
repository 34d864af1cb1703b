"""Second factors at sign-in: codes of an app, recovery codes and passkeys, and how their secrets are stored."""
