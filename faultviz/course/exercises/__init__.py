"""What a learner makes: found faults, reviews, replies, handlers, tables, sorted bins.

Not here: how a try is shown (`player`).
"""
