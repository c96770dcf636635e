"""Texts of a kernel: out of a folder or an archive, with a patch applied.

Not here: what they say.
"""
