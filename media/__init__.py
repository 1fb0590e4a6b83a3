"""Originals and what is made from them: store, probe, convert, measure."""
