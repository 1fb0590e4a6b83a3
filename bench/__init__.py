"""Measurements. Each prints what it saw; no test asserts a time."""
