"""The life of a project as its owner decides it.

Launch, states and facts, moves in the tree, what a parent requires, owners who follow one another, decisions to review
and to look at again, the closing and what it carries over.
"""
