"""The pages: Flask, one file per subject."""
