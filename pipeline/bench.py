"""A worker's bench: what every step needs, kept for as long as the worker lives."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from archive.database import Database
from archive.settings import Settings
from archive.site import get_setting
from media.store import Store
from pipeline.engines import Engine, load_engine
from pipeline.errors import ModelMissing, PipelineError
from pipeline.models import Model, find_model

Load = Callable[[Settings, Model], Engine]


class Stopping(BaseException):
    """Raised in a job when the worker is to end; the job stays begun, and whoever has the slot next goes on with it."""


@dataclass
class Bench:
    """The archive, the store and the one loaded model.

    `turn` lets one recording at a time through: a recovered job comes by another queue than a new one. `decoding` is
    held while a speech file is made, which the text and the waveform both want. `keeps_hours` is False where a person
    waits at the command line: then the hours that are set for the night's work do not count.
    """

    settings: Settings
    database: Database
    store: Store
    stop: threading.Event
    load: Load = load_engine
    keeps_hours: bool = True
    turn: AbstractContextManager[object] = field(default_factory=threading.Lock)
    decoding: AbstractContextManager[object] = field(default_factory=threading.Lock)
    _loading: AbstractContextManager[object] = field(default_factory=threading.Lock)
    _loaded: tuple[Settings, Model, Engine] | None = None

    def now(self) -> datetime:
        """The clock."""
        return datetime.now(UTC)

    def warm_up(self) -> None:
        """Load the model before anybody waits for it. What is wrong with it is said when a recording needs it."""
        with suppress(PipelineError, OSError):
            self.engine()

    def engine(self, asked: str | None = None) -> Engine:
        """The engine, with the model that was asked for; None: the one that is chosen now. It stays loaded.

        Raises:
            ModelMissing, ModelDamaged, ModelUnusable, EngineMissing
        """
        if asked is not None:
            return self._engine(replace(self.settings, model=asked), None)
        with self.database.read() as session:
            chosen = get_setting(session, "model")
        return self._engine(self.settings, chosen)

    def engine_of(self, name: str, model: str, model_sha256: str) -> Engine:
        """The engine and model that a layer was begun with, since one layer is one model's work.

        Raises:
            ModelMissing: it is no longer installed.
        """
        with self._loading:
            loaded = self._loaded[2] if self._loaded else None
        if loaded is not None and (loaded.name, loaded.model_sha256) == (name, model_sha256):
            return loaded
        engine = self.engine()
        if (engine.name, engine.model_sha256) != (name, model_sha256):
            engine = self._engine(replace(self.settings, engine=name, model=model), None)
        if engine.model_sha256 != model_sha256:
            raise ModelMissing(model)
        return engine

    def _engine(self, settings: Settings, chosen: str | None) -> Engine:
        model = find_model(settings, chosen)
        with self._loading:
            if self._loaded is None or (self._loaded[0].engine, self._loaded[1]) != (settings.engine, model):
                self._loaded = None  # two models at once may be more than the machine has room for
                self._loaded = (settings, model, self.load(settings, model))
            return self._loaded[2]

    def pause_for_end(self) -> None:
        """Come here between two pieces of work.

        Raises:
            Stopping: the worker is to end.
        """
        if self.stop.is_set():
            raise Stopping
