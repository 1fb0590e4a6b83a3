"""The year wheel (årshjul): what has to be done each year, by whom, and what came of it.

`recurrence` and `feed` are pure; `duties` and `occurrences` are the rows, `year` makes a year of them from `defaults`,
`counting` says what is planned, held and missing, and `looking` what a reader may see of it.
"""
