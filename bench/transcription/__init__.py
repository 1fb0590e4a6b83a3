"""The parts of `script/bench transcribe`: the recording, our own worker, its peers, and what is held against what."""
