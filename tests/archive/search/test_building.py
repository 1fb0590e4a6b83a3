"""Building a whole index: what our writer of segments puts down is what Whoosh's own would."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.search import building, index
from archive.search.analysis import tokens
from archive.search.schema import create_at, open_at
from archive.search.segment import MOST_SMALL, Gatherer, merge_small, put_together
from tests.archive.search.conftest import SmallArchive

WORDS = st.lists(st.sampled_from("vi sto på torvet ikke kommunestyremøtet Namsos e-post itj".split()), max_size=12)


def document(number: int, text: str) -> dict[str, Any]:
    words = tokens(text)
    return {
        "kind": "passage",
        "interview": str(number // 2),
        "interview_id": number // 2,
        "speaker_id": number % 3,
        "stamp": -number,
        "keys": [key for word in words for key in word.all_keys],
        "exact": [word.word for word in words],
        "speaker": ["kari", "fortelling"] if number % 2 else [],
        "about": ["d1970", f"p{number}"][: number % 3],
        "where": ("passage", (number,), None, None),
    }


def content(path: Path) -> list[Any]:
    """All that can be read from an index."""
    reader = open_at(path).reader()
    postings: list[Any] = []
    for field, term in reader.all_terms():
        matcher = reader.postings(field, term)
        while matcher.is_active():
            postings.append((field, term, matcher.id(), round(matcher.weight(), 5), matcher.value()))
            matcher.next()
    fields = ("keys", "exact", "speaker")
    lengths = [[reader.doc_field_length(each, name) for name in fields] for each in range(reader.doc_count_all())]
    columns = [list(reader.column_reader(name)) for name in ("interview_id", "speaker_id", "stamp")]
    whole = [postings, lengths, columns, [reader.field_length(name) for name in fields]]
    stored = [reader.stored_fields(each) for each in range(reader.doc_count_all())]
    reader.close()
    return [*whole, stored]


@settings(max_examples=20, deadline=None)
@given(said=st.lists(WORDS, min_size=1, max_size=8))
def test_our_segment_holds_what_whoosh_would_write(said: list[list[str]], tmp_path_factory: Any) -> None:
    documents = [document(number, " ".join(words)) for number, words in enumerate(said)]
    theirs, ours = tmp_path_factory.mktemp("theirs"), tmp_path_factory.mktemp("ours")
    writer = create_at(theirs).writer()
    for each in documents:
        writer.add_document(**each)
    writer.commit()
    opened = create_at(ours)
    gatherer = Gatherer(opened)
    for each in documents:
        gatherer.add_ours(each)
    put_together(opened, [gatherer.finish()])
    assert content(ours) == content(theirs)


def test_two_processes_build_what_one_does(archive: SmallArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [archive.add(f"Nr. {n}", ("Kari Fortelling", f"Torvet i Namsos, gang {n}."), indexed=False) for n in range(7)]
    silent = archive.add("Uten tekst", indexed=False)
    monkeypatch.setattr(building, "_LARGE_LETTERS", 1)
    monkeypatch.setattr(building, "_SEGMENT_LETTERS", 60)
    (archive.settings.index / "doubt").touch()
    assert archive.update() == len(ids) + 1
    assert archive.found("torv") == ids
    assert archive.found("hvem:kari torv") == ids
    assert archive.found('"torvet i namsos"') == ids
    assert archive.found("tekst", kinds=("interview",)) == [silent]


def test_a_fault_in_a_process_leaves_the_old_index(archive: SmallArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    a = archive.add("A", (None, "Torvet."))
    monkeypatch.setattr(building, "_LARGE_LETTERS", 1)
    monkeypatch.setattr(building, "_write_alone", "nothing that can be called")
    (archive.settings.index / "doubt").touch()
    with pytest.raises(TypeError):
        archive.update()
    assert archive.found("torv") == [a]


def test_small_segments_are_put_together_and_large_ones_left(
    archive: SmallArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    from archive.search import segment

    monkeypatch.setattr(segment, "SMALL", 3)
    large = archive.add("Stort", *((None if n % 2 else "Ola Svarer", f"Torvet {n}.") for n in range(12)))
    ids = [archive.add(f"Nr. {n}", (None, "Torvet.")) for n in range(MOST_SMALL * 2)]
    assert archive.found("torv") == [large, *ids]
    path = index.place.current(archive.settings.index)
    assert path is not None
    sizes = [each.doc_count_all() for each in open_at(path)._segments()]
    assert 13 in sizes
    assert len(sizes) < MOST_SMALL * 2
    assert merge_small(None, []) == []
