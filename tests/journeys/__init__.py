"""The whole path, as people walk it: `stemme serve`, real weights, a real browser."""
