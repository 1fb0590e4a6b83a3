"""The organisation's own life: what it begins with, who held what, what that lets them see, and how it moves as tables.

The two things themselves are `archive.units.Unit` and `archive.offices.Office`.
"""
