"""Lessons and pictures for others: pages, slides, paper, a site.

Not here: a widget, or what it looks like (`player`).
"""
