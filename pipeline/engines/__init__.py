"""The speech engines: windows of sound in, words with times out.

An engine gets samples, never a file name: faster-whisper's own decoder silently drops everything after a damaged
packet. The libraries are imported when an engine is made, since the rest of the program does well without them.
"""

from archive.settings import Settings
from pipeline.engines.faster import FasterWhisper
from pipeline.engines.openai import OpenaiWhisper, alignment_heads
from pipeline.engines.protocol import SAMPLE_RATE_HZ, Decoded, Engine, Samples, Way, Word, whisper_code
from pipeline.models import Model

__all__ = [
    "SAMPLE_RATE_HZ",
    "Decoded",
    "Engine",
    "FasterWhisper",
    "OpenaiWhisper",
    "Samples",
    "Way",
    "Word",
    "alignment_heads",
    "load_engine",
    "whisper_code",
]


def load_engine(settings: Settings, model: Model) -> Engine:
    """The engine that the settings name, with a checked model.

    Raises:
        ModelDamaged, ModelUnusable, EngineMissing: as they say.
    """
    engine = FasterWhisper if settings.engine == "faster-whisper" else OpenaiWhisper
    return engine(model)
