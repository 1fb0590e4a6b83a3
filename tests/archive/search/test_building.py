"""Building a whole index: what our writer of segments puts down is what Whoosh's own would."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from archive.search import building, index, segment
from archive.search.analysis import tokens
from archive.search.marking import keys_and_places
from archive.search.merging import MOST_SMALL, as_one, commit, merged, put_together
from archive.search.schema import create_at, open_at
from archive.search.segment import Gatherer
from tests.archive.search.conftest import SmallArchive

WORDS = st.lists(st.sampled_from("vi sto på torvet ikke kommunestyremøtet Namsos e-post itj".split()), max_size=12)


def document(number: int, text: str) -> dict[str, Any]:
    words = tokens(text)
    keys, places = keys_and_places(words)
    return {
        "kind": "passage",
        "interview": str(number // 2),
        "interview_id": number // 2,
        "speaker_id": number % 3,
        "stamp": -number,
        "keys": keys,
        "key_places": places,
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


def whooshs(path: Path, documents: list[dict[str, Any]]) -> list[Any]:
    """What an index holds that Whoosh itself has written."""
    writer = create_at(path).writer()
    for each in documents:
        writer.add_document(**{name: value for name, value in each.items() if name != "key_places"})
    writer.commit()
    return content(path)


def gathered(opened: Any, documents: list[dict[str, Any]]) -> list[Any]:
    gatherer = Gatherer(opened)
    for each in documents:
        gatherer.add(each)
    return gatherer.finish()


@pytest.mark.parametrize("most", [segment.MOST_GATHERED, 9])
@settings(max_examples=15, deadline=None)
@given(said=st.lists(WORDS, min_size=1, max_size=8))
def test_our_segment_holds_what_whoosh_would_write(most: int, said: list[list[str]], tmp_path_factory: Any) -> None:
    documents = [document(number, " ".join(words)) for number, words in enumerate(said)]
    theirs, ours = tmp_path_factory.mktemp("theirs"), tmp_path_factory.mktemp("ours")
    opened = create_at(ours)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segment, "MOST_GATHERED", most)
        put_together(opened, [as_one(opened, gathered(opened, documents))])
    assert content(ours) == whooshs(theirs, documents)


@settings(max_examples=15, deadline=None)
@given(said=st.lists(WORDS, min_size=2, max_size=8), gone=st.sets(st.integers(0, 3)))
def test_what_was_deleted_is_left_out_of_merged_segments(
    said: list[list[str]], gone: set[int], tmp_path_factory: Any
) -> None:
    documents = [document(number, " ".join(words)) for number, words in enumerate(said)]
    living = [each for each in documents if each["interview_id"] not in gone]
    assume(living)  # of an empty index Whoosh has no columns
    theirs, ours = tmp_path_factory.mktemp("theirs"), tmp_path_factory.mktemp("ours")
    opened = create_at(ours)
    half = len(documents) // 2
    put_together(opened, [as_one(opened, gathered(opened, part)) for part in (documents[:half], documents[half:])])
    writer = opened.writer()
    for interview in gone:
        writer.delete_by_term("interview", str(interview))
    commit(writer, [merged(opened, writer.segments)])
    expected = whooshs(theirs, living)
    assert [each for n, each in enumerate(content(ours)) if n != 3] == [
        each for n, each in enumerate(expected) if n != 3
    ]  # how long a field is altogether is not known of some of the documents alone


def test_two_processes_build_what_one_does(archive: SmallArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [archive.add(f"Nr. {n}", ("Kari Fortelling", f"Torvet i Namsos, gang {n}."), indexed=False) for n in range(7)]
    silent = archive.add("Uten tekst", indexed=False)
    monkeypatch.setattr(building, "_LARGE_LETTERS", 1)
    monkeypatch.setattr(building, "_PART_LETTERS", 60)
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
    from archive.search import merging

    monkeypatch.setattr(merging, "SMALL", 3)
    large = archive.add("Stort", *((None if n % 2 else "Ola Svarer", f"Torvet {n}.") for n in range(12)))
    ids = [archive.add(f"Nr. {n}", (None, "Torvet.")) for n in range(MOST_SMALL * 2)]
    assert archive.found("torv") == [large, *ids]
    path = index.place.current(archive.settings.index)
    assert path is not None
    sizes = [each.doc_count_all() for each in open_at(path)._segments()]
    assert 13 in sizes
    assert len(sizes) < MOST_SMALL * 2
