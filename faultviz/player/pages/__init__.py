"""Pages that show a player without a kernel: one file of HTML each.

Here: what such a page holds (`precomputed`), how it is made small (`packing`), the document
(`standalone`), the command (`cli.page`). Its script is js/page.js and what that needs. Not here:
the player, or a whole course as pages (`publish.export`).
"""
