"""What the most common words count in PostgreSQL, worked out beforehand and kept right with every change.

Counting the passages that a question finds means reading a small row of each. For a word that a third of all passages
have, in ten thousand hours, that takes a quarter of a second, and for a single word of a few hundred common ones it is
always the same: so how often each is said, by whom and in which interview, is written down when the index is built.
What is written or taken away later adds to it. Rights are asked for afterwards, of interviews, as for any count.
"""

from collections.abc import Collection, Iterator

from sqlalchemy import Connection, text

from archive.search.postgres_candidates import at_most, match_of
from archive.search.question import read_question
from archive.search.schema import KINDS, LOGGED

FROM_PASSAGES = 20_000  # that have a word: counting fewer takes some twenty milliseconds on one processor
_SAID_ONCE_IN = 2_000  # passages, of a word as it is written, for what it stands for to be looked at
_MOST_FORMS = 5_000
_MOST = 800  # words; each costs a new passage some microseconds

NEW = """
DROP TABLE IF EXISTS search_common_new, search_common_change_new;
CREATE TABLE search_common_new (
    match text COLLATE "C" NOT NULL, query tsquery NOT NULL, kind text COLLATE "C" NOT NULL,
    interviews bigint[] NOT NULL, speakers integer[] NOT NULL, counts bigint[] NOT NULL);
CREATE TABLE search_common_change_new (
    match text COLLATE "C", kind text COLLATE "C", interview_id bigint, speaker_id integer, count bigint NOT NULL,
    PRIMARY KEY (match, kind, interview_id, speaker_id))
"""
SWAP = """
DROP TABLE IF EXISTS search_common, search_common_change;
ALTER TABLE search_common_new RENAME TO search_common;
ALTER TABLE search_common_change_new RENAME TO search_common_change
"""
_OFTEN = "SELECT key, passages FROM search_key_new WHERE passages >= :least"
_FORMS = """SELECT substr(key, 3) FROM search_key_new WHERE key >= 'x:' AND key < 'x;'
    AND passages * :once > (SELECT count(*) FROM search_passage_new) ORDER BY passages DESC, key LIMIT :most"""
# The match is cast twice: PostgreSQL would else take it for a `tsquery` and write it down in its own way.
_COUNTED = """INSERT INTO search_common_new
    SELECT CAST(:match AS text), CAST(CAST(:match AS text) AS tsquery), kind,
        coalesce(array_agg(interview_id) FILTER (WHERE count > 0), '{}'),
        coalesce(array_agg(speaker_id) FILTER (WHERE count > 0), '{}'),
        coalesce(array_agg(count) FILTER (WHERE count > 0), '{}')
    FROM unnest(CAST(:kinds AS text[])) AS kind LEFT JOIN (
        SELECT kind, interview_id, speaker_id, count(*) FROM search_passage_new
        WHERE said @@ CAST(CAST(:match AS text) AS tsquery) GROUP BY 1, 2, 3) counted USING (kind)
    GROUP BY kind"""
_CHANGED = """INSERT INTO search_common_change
    SELECT match, kind, interview_id, speaker_id, :sign * count(*)
    FROM search_passage JOIN search_common USING (kind)
    WHERE id = ANY(:rows) AND said @@ query GROUP BY 1, 2, 3, 4
    ON CONFLICT (match, kind, interview_id, speaker_id)
    DO UPDATE SET count = search_common_change.count + EXCLUDED.count"""
# As three arrays: thousands of rows of their own would take longer to read than to count.
_ASKED = """SELECT interviews, speakers, counts FROM search_common WHERE match = :match AND kind = ANY(:kinds)
    UNION ALL SELECT array_agg(interview_id), array_agg(speaker_id), array_agg(count)
    FROM search_common_change WHERE match = :match AND kind = ANY(:kinds) HAVING count(*) > 0"""


def work_out(connection: Connection) -> None:
    """Fill the new table from the new passages and keys, which have their indexes already."""
    for setting in ("enable_seqscan", "jit"):
        connection.execute(text(f"SET LOCAL {setting} = off"))
    for match in _common_matches(connection):
        connection.execute(text(_COUNTED), {"match": match, "kinds": [*KINDS, LOGGED]})
    connection.execute(text("CREATE UNIQUE INDEX ON search_common_new (match, kind)"))
    connection.execute(text("ANALYZE search_common_new"))


def counts_of(connection: Connection, match: str, kinds: Collection[str]) -> Iterator[tuple[int, int, int]] | None:
    """Interview, speaker and how many passages, some of them in several parts; None: this is not known beforehand."""
    rows = connection.execute(text(_ASKED), {"match": match, "kinds": list(kinds)}).all()
    return (each for columns in rows for each in zip(*columns, strict=True)) if rows else None


def note_rows(connection: Connection, rows: Collection[int], sign: int) -> None:
    """Add passages that were just written (1), or take those away that are about to go (-1)."""
    connection.execute(text(_CHANGED), {"rows": list(rows), "sign": sign})


def _common_matches(connection: Connection) -> list[str]:
    """What is looked for where somebody types one of the common words, the most common first."""
    often: dict[str, int] = dict(map(tuple, connection.execute(text(_OFTEN), {"least": FROM_PASSAGES})))
    values = {"once": _SAID_ONCE_IN, "most": _MOST_FORMS}
    counts: dict[str, int] = {}
    for form in connection.scalars(text(_FORMS), values) if often else ():
        question = read_question(form)
        if len(question.needed) == 1 and (count := at_most(question, often)) >= FROM_PASSAGES:
            counts[match_of(question, any_word=False)] = count
    return sorted(counts, key=lambda match: (-counts[match], match))[:_MOST]
