"""What an owner decides on, and how.

Kinds of decision and their terms, proposals and their grounds and evidence, opinions, conditions that lapse, decisions
with their signatures and disputes, the independence of those who advise, and the obligations that follow.
"""
