"""Meetings (møter): their numbered cases, their papers, what was decided, and the minutes.

`meeting`, `cases` and `papers` are the rows; `agenda` reads an agenda that somebody pasted, `found` says what a reader
may see of it all, and `history` takes a meeting away and brings it back.
"""
