"""Sound to text: the worker. The only place that runs a speech model or the engine of jobs."""

import os

# Nothing here phones out: every file that a library could want lies in the model's folder. Only `pipeline.hub` fetches.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
# Threads that have nothing to do sleep and do not spin: on a computer that is used for other things beside, torch took
# 57 s for what takes 12 s so. Read when a library is loaded, hence here.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
