"""A centre's day played through the queue's own rules, under this policy or another.

Answers "what if": one more counter at eleven, a target of twenty minutes, the rule of another
system. Everything random comes from a `random.Random` that the caller makes.
"""
