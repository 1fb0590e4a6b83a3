"""`stemme model list|install|use`."""

import argparse
import os
from pathlib import Path

from archive.settings import read_settings
from archive.site import get_setting, set_setting
from pipeline import models
from stemme.opened import opened_archive
from stemme.output import print_json

MODEL = "model"  # the site setting that says which model is used


def list_installed(arguments: argparse.Namespace) -> int:
    """What is installed, and which one is used."""
    with opened_archive() as archive, archive.database.read() as session:
        used = models.find_model(archive.settings, get_setting(session, MODEL)).name
        found = models.list_models(archive.settings)
    if arguments.json:
        listed = [{"name": each.name, "path": str(each.path), "used": each.name == used} for each in found]
        print_json({"used": used, "models": listed, "recommended": models.RECOMMENDED})
        return 0
    for each in found:
        rough = " (følger med; gir grov tekst)" if each.is_embedded else ""
        print(f"{'*' if each.name == used else ' '} {each.name}{rough}")
    if all(each.is_embedded for each in found):
        print(f"Bedre på norsk, når maskinen er på nett: stemme model install {models.RECOMMENDED}")
    return 0


def install(arguments: argparse.Namespace) -> int:
    """Copy a model from a path, or fetch it from its maker's hub: the only command that goes out on the network."""
    settings = read_settings()
    path = Path(arguments.model).expanduser()
    if path.exists():
        model = models.install_path(settings, path)
    elif arguments.model == models.EMBEDDED:
        models.install_embedded(print)
        return 0
    else:
        os.environ["HF_HUB_OFFLINE"] = "0"
        model = models.install_from_hub(settings, arguments.model, print)
    print(f"{model.name} er installert. Ta den i bruk med: stemme model use {model.name}")
    return 0


def use(arguments: argparse.Namespace) -> int:
    """Use a model for everything that is handed in from now on."""
    with opened_archive() as archive, archive.database.write() as session:
        model = models.find_model(archive.settings, arguments.model)
        models.check_model(model)
        set_setting(session, MODEL, arguments.model)
        session.commit()
    print(f"{model.name} brukes for alt som legges inn fra nå av.")
    if archive.settings.model:
        print(f"Men STEMME_MODEL er satt til {archive.settings.model}, og den går foran.")
    return 0
