"""The work plan (arbeidsplan): what a meeting adopted, what becomes of it, the year's figures, the annual report.

`plans` and `items` hold what is written, `outline` its order, `figures` how the year stands, `looking` who sees what.
"""
