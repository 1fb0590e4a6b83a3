"""After the text is written: the names that may have been meant where something else was heard."""

import logging
import time

from archive.names.register import register
from archive.names.suggestions import keep_suggestions, learned_names, lines_to_search, search_lines
from pipeline.bench import Bench

log = logging.getLogger(__name__)


def suggest_names(bench: Bench, interview_id: int) -> int:
    """Renew the open suggestions of an interview; how many there are. What was decided stays decided.

    No session is held while the lines are searched, and a line that somebody changed meanwhile is left out.
    """
    with bench.database.read() as session:
        known, learned = register(session), learned_names(session)
        lines = lines_to_search(session, interview_id)
    began = time.monotonic()
    found = search_lines(lines, known, learned)
    log.info("names of interview %s: %d lines in %.1f s", interview_id, len(lines), time.monotonic() - began)
    with bench.database.write() as session:
        kept = keep_suggestions(session, interview_id, found)
        session.commit()
    return kept
