"""Texts as people write and read them: characters, days, languages, salutations, addresses and mails."""
