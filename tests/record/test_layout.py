import json

import numpy as np
import pytest
import zarr

from netware.errors import StoreError
from netware.record import layout
from netware.record.layout import Layout


def laid(row: tuple[int, ...], dtype: str = "float32") -> Layout:
    names = ("time", "replica", "agent", *(f"x.{n}" for n in range(len(row) - 2)))
    return Layout(row, np.dtype(dtype), names[: 1 + len(row)])


def test_chunks_hold_many_small_entries_or_a_part_of_a_large_one():
    assert laid((1, 4)).chunks == (1024, 1, 4)
    assert laid((8, 64, 16)).chunks == (128, 8, 64, 16)
    assert laid((1, 1_000_000, 2)).chunks == (1, 1, 1_000_000, 2)
    for row in [(3, 100_000_000, 3), (500, 1_000_000, 2), (1, 7)]:
        entries, *inner = laid(row).chunks
        assert entries * np.prod(inner) * 4 <= layout.LARGEST_CHUNK
        assert all(chunk <= size for chunk, size in zip(inner, row, strict=True))


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "int64", "bool"])
def test_zarr_reads_what_is_encoded_and_a_chunk_is_decoded_again(tmp_path, dtype):
    values = (np.random.default_rng(1).normal(size=(5, 2, 3)) * 9).astype(dtype)
    files = laid((2, 3), dtype).files(values)
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    array = zarr.open_array(tmp_path, mode="r")
    assert np.array_equal(np.asarray(array[...]), values)
    chunk = laid((2, 3), dtype).first_chunk(files["c/0/0/0"])
    assert chunk.shape == (1024, 2, 3)
    assert np.array_equal(chunk[:5], values)
    assert (np.isnan(chunk[5:]) if "float" in dtype else chunk[5:] == 0).all()


def test_every_flipped_bit_of_a_chunk_is_noticed():
    data = laid((1, 4)).files(np.random.default_rng(2).random((3, 1, 4), np.float32))["c/0/0/0"]
    for place in range(0, len(data) * 8, 5):
        changed = bytearray(data)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(ValueError, match="checksum"):
            laid((1, 4)).first_chunk(bytes(changed))


def test_metadata_that_was_changed_is_noticed(tmp_path):
    path = tmp_path / layout.METADATA
    raw = layout.encoded(layout.resized(layout.metadata_for(laid((2, 3))), 7))
    path.write_bytes(raw)
    assert layout.array_of(tmp_path)["shape"] == [7, 2, 3]
    for changes in (
        {"data_type": "float23"},
        {"fill_value": 0},
        {"codecs": []},
        {"shape": [7, 3, 3]},
        {"dimension_names": None},
        {"node_type": "grope"},
    ):
        path.write_bytes(layout.encoded({**json.loads(raw), **changes}))
        with pytest.raises(StoreError, match="F-DAMAGED not as it was written"):
            layout.array_of(tmp_path)
    for damaged in (b"", b"{}", b"[]", raw[:-20]):
        path.write_bytes(damaged)
        with pytest.raises(StoreError, match="F-DAMAGED"):
            layout.array_of(tmp_path)


def test_a_column_that_changes_its_shape_is_refused(tmp_path):
    (tmp_path / layout.METADATA).write_bytes(layout.encoded(layout.metadata_for(laid((2, 3)))))
    layout.unchanged(tmp_path, layout.metadata_for(laid((2, 3))))
    with pytest.raises(StoreError) as caught:
        layout.unchanged(tmp_path, layout.metadata_for(laid((2, 4), "float64")))
    (problem,) = caught.value.problems
    assert problem.code == "F-SHAPE"
    assert problem.found == "entries of shape (2, 4), float64, in chunks of (1024, 2, 4)"
    assert problem.expected.startswith("shape (2, 3), float32, in chunks of (1024, 2, 3)")
