"""How good a text is: held against a reference that a person wrote."""
