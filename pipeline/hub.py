"""Fetching a model from the makers' hub, when a person asked for it."""

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.errors import HubUnreachable, NoSuchModel

_WANTED = (
    "model.bin",
    "config.json",
    "tokenizer.json",
    "preprocessor_config.json",
    "vocabulary.json",
    "vocabulary.txt",
)


def wanted_files(listed: Sequence[str]) -> dict[str, str]:
    """Which file of a repository becomes which file of the model; empty when it has no CTranslate2 weights.

    NB-Whisper keeps CTranslate2 weights in `ct2/` too, made without tokenizer and preprocessor; both lie at the root.
    """
    listed_files = set(listed)
    if "model.bin" in listed_files:
        return {name: name for name in _WANTED if name in listed_files}
    if "ct2/model.bin" not in listed_files:
        return {}
    found = {name: source for name in _WANTED for source in (name, f"ct2/{name}") if source in listed_files}
    return found | ({"config.json": "ct2/config.json"} if "ct2/config.json" in listed_files else {})


def fetch(name: str, folder: Path, report: Callable[[str], None]) -> None:
    """Fetch the files of one model into a folder.

    Raises:
        NoSuchModel: the hub has no such model, or none with CTranslate2 weights.
        HubUnreachable: the hub did not answer.
    """
    os.environ["HF_HUB_OFFLINE"] = "0"  # read when the library is imported
    import httpx2
    from huggingface_hub import HfApi, hf_hub_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    try:
        chosen = wanted_files(HfApi().list_repo_files(name))
        if "tokenizer.json" not in chosen:
            raise NoSuchModel(name, "no_ctranslate2_weights")
        for target, source in chosen.items():
            report(source)
            fetched = Path(hf_hub_download(name, source, local_dir=folder / ".fetched"))
            fetched.replace(folder / target)
    except HFValidationError as error:
        raise NoSuchModel(name, "no_such_model") from error
    except HfHubHTTPError as error:
        known = error.response is not None and error.response.status_code in (401, 403, 404)
        raise (NoSuchModel(name, "no_such_model") if known else HubUnreachable(name, str(error))) from error
    except (OSError, httpx2.HTTPError) as error:
        raise HubUnreachable(name, str(error)) from error
    shutil.rmtree(folder / ".fetched", ignore_errors=True)
