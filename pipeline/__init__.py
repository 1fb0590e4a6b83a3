"""Sound to text: the worker, the only place that loads a speech model."""
