"""Who people are, and how it is proved that they act by their own hand.

Accounts, addresses, passwords and second factors, the identity provider and the directory, people who vouch for one
another, absences, administrators, appointments, and owners who are replaced.
"""
