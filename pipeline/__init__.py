"""Sound to text: the worker. The only place that runs a speech model or the engine of jobs."""
