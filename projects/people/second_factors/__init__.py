"""Second factors of a person: passkeys, code app, recovery codes; added, removed, and required by the organisation."""
