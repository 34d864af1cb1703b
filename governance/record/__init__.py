"""What stays and is proved.

Records of decisions with their files, receipts, decisions of before, the erasure of personal data, the notary and its
checkpoints, and the verifiers of it all.
"""
