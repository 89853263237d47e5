import json
import os
import random
import sys

import pytest
import torch

from netware.errors import StoreError
from netware.record import checkpoint
from netware.record.checkpoint import Checkpoint, latest, save
from netware.record.files import write_atomically
from netware.record.hashes import Entry, FileIndex, sealed, unsealed


def tensors(step: int = 0) -> dict[str, torch.Tensor]:
    chance = torch.Generator().manual_seed(step)
    return {
        "populations/birds/state/position": torch.rand(6, 2, generator=chance),
        "populations/birds/weights/w1": torch.rand(6, 3, 4, generator=chance, dtype=torch.float64),
        "edges/near/pointer": torch.arange(7 + step, dtype=torch.int32),
        "alive": torch.rand(6, generator=chance) > 0.5,
        "step": torch.tensor(step),
        "no edges": torch.empty(0, 2),
    }


def same(first, second) -> bool:
    return set(first) == set(second) and all(
        first[name].dtype == second[name].dtype and torch.equal(first[name], second[name])
        for name in first
    )


def found(folder) -> Checkpoint:
    last = latest(folder)
    assert last is not None
    return last


def test_what_is_saved_comes_back_bit_for_bit(tmp_path):
    given = tensors(5) | {"nan": torch.tensor([float("nan"), -0.0, 1e-40])}
    file_index = FileIndex((Entry("part-000000.parquet", 3, "ab"),), {"panel": 6})
    save(tmp_path, 5, given, {"stop": 3, "names": ["x"]}, file_index)
    last = found(tmp_path)
    assert (last.step, last.header, last.file_index) == (5, {"stop": 3, "names": ["x"]}, file_index)
    assert last.warnings == ()
    assert torch.equal(last.tensors["nan"].view(torch.int32), given.pop("nan").view(torch.int32))
    last.tensors.pop("nan")
    assert same(last.tensors, given)


def test_views_are_saved_as_what_they_show(tmp_path):
    base = torch.arange(12.0).view(3, 4)
    save(tmp_path, 0, {"t": base.T, "row": base[1], "wide": base[:1].expand(5, 4)}, {})
    read = found(tmp_path).tensors
    assert same(read, {"t": base.T, "row": base[1], "wide": base[:1].expand(5, 4)})


def test_tensors_lie_in_memory_of_their_own_aligned_as_all_are(tmp_path):
    save(tmp_path, 0, tensors(), {})
    for values in found(tmp_path).tensors.values():
        assert values.data_ptr() % 64 == 0
        assert values.untyped_storage().nbytes() == values.nbytes


def test_large_tensors_are_shared_out_among_files(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "LARGEST_FILE", 100)
    given = {
        name: torch.full((n,), n * 1.0) for name, n in zip("abcde", (20, 5, 50, 1, 1), strict=True)
    }
    own = save(tmp_path, 0, given, {})
    assert len(list(own.glob("*.safetensors"))) == 3
    assert same(found(tmp_path).tensors, given)


def test_the_last_three_are_kept(tmp_path):
    for step in (0, 10, 9_999_999, 20, 10_000_000):
        save(tmp_path, step, tensors(step), {})
    kept = [checkpoint.step_of(own) for own in checkpoint.finished(tmp_path)]
    assert kept == [20, 9_999_999, 10_000_000]
    assert len(list(tmp_path.iterdir())) == 3


def test_the_latest_is_chosen_by_step_not_by_time(tmp_path):
    for step in (10, 20):
        own = save(tmp_path, step, tensors(step), {})
        for path in (own, *own.iterdir()):
            os.utime(path, (1e9 - step, 1e9 - step))
    assert found(tmp_path).step == 20


def test_nothing_saved_is_no_error(tmp_path):
    assert latest(tmp_path / "never") is None
    (tmp_path / "step-000000000005").mkdir()  # a kill left it without a header
    assert latest(tmp_path) is None
    save(tmp_path, 1, tensors(), {})
    assert [own.name for own in tmp_path.iterdir()] == ["step-000000000001"]


def test_damage_of_any_kind_falls_back_to_the_one_before_and_says_so(tmp_path):
    chance = random.Random(7)
    save(tmp_path, 1, tensors(1), {})
    own = save(tmp_path, 2, tensors(2), {})
    for turn in range(400):
        path = own / chance.choice([checkpoint.HEADER, "tensors-00000.safetensors"])
        whole = path.read_bytes()
        damaged = bytearray(whole)
        if turn % 4:
            place = chance.randrange(len(whole) * 8)
            damaged[place // 8] ^= 1 << place % 8
        else:
            damaged = damaged[: chance.randrange(len(whole))]
        path.write_bytes(damaged)
        last = found(tmp_path)
        assert last.step == 1
        assert same(last.tensors, tensors(1))
        assert last.warnings == (f"{own}: {path.name} is not as it was written; passed over",)
        path.write_bytes(whole)
    assert found(tmp_path).step == 2


def test_a_missing_payload_is_damage(tmp_path):
    save(tmp_path, 1, tensors(1), {})
    own = save(tmp_path, 2, tensors(2), {})
    (own / "tensors-00000.safetensors").unlink()
    assert found(tmp_path).step == 1


def test_if_all_are_damaged_that_is_an_error(tmp_path):
    for step in (1, 2):
        own = save(tmp_path, step, tensors(step), {})
        (own / checkpoint.HEADER).write_bytes(b"{}")
    with pytest.raises(StoreError, match="F-DAMAGED 2 checkpoints, all damaged") as caught:
        latest(tmp_path)
    assert caught.value.exit_code == 74


def rewritten(own, **changes) -> None:
    """Changes a header and seals it again, as another version of netware or a forger would."""
    content = unsealed((own / checkpoint.HEADER).read_bytes())
    assert content is not None
    write_atomically(own / checkpoint.HEADER, sealed({**content, **changes}))


def test_a_row_that_all_agents_share_is_written_once_and_comes_back_shared(tmp_path):
    row = torch.rand(1, 40, 50)
    given = {"w": row.expand(1000, -1, -1), "x": torch.rand(1000), "one": row}
    own = save(tmp_path, 3, given, {})
    assert sum(file.stat().st_size for file in own.glob("*.safetensors")) < 4 * row.nbytes
    last = found(tmp_path)
    assert same(last.matching(given), given)
    assert last.tensors["w"].stride(0) == 0 and last.tensors["w"].untyped_storage().size() == (
        row.nbytes
    )
    assert save(tmp_path, 4, last.tensors, {}) and same(found(tmp_path).tensors, given)


def test_a_checkpoint_of_the_format_before_is_read(tmp_path):
    own = save(tmp_path, 2, tensors(2), {})
    content = unsealed((own / "header.json").read_bytes())
    assert content is not None and content.pop("shared_rows") == {}
    write_atomically(own / "header.json", sealed({**content, "format": 1}))
    assert same(found(tmp_path).tensors, tensors(2))


def test_a_newer_format_is_refused_and_not_passed_over(tmp_path):
    save(tmp_path, 1, tensors(1), {})
    own = save(tmp_path, 2, tensors(2), {})
    rewritten(own, format=4)
    with pytest.raises(StoreError, match="F-FORMAT a checkpoint of format 4") as caught:
        latest(tmp_path)
    assert "format 1 or 2 or 3, which this netware reads" in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"payload": [{"file": "../../etc/passwd", "bytes": 1, "sha256": "x"}]},
        {"payload": [{"file": "x"}]},
        {"payload": 7},
        {"tensors": {"a": 7}},
        {"ledger": {}},
        {"step": 7},
    ],
)
def test_a_forged_header_is_passed_over(tmp_path, changes):
    save(tmp_path, 1, tensors(1), {})
    own = save(tmp_path, 2, tensors(2), {})
    rewritten(own, **changes)
    last = found(tmp_path)
    assert last.step == 1
    assert len(last.warnings) == 1


def test_tensors_that_the_scenario_does_not_have_are_refused_one_way_each(tmp_path):
    save(tmp_path, 1, tensors(1), {})
    last = found(tmp_path)
    like = tensors(1)
    assert same(last.matching(like), like)
    w1 = "populations/birds/weights/w1"
    cases = {
        "no tensor 'momentum'": like | {"momentum": torch.zeros(1)},
        "a tensor 'alive' that the scenario does not know": {
            name: values for name, values in like.items() if name != "alive"
        },
        f"'{w1}' has type float64": like | {w1: like[w1].float()},
        f"'{w1}' has shape (6, 3, 4)": like | {w1: like[w1][:, :2]},
    }
    for text, wrong in cases.items():
        with pytest.raises(StoreError) as caught:
            last.matching(wrong)
        (problem,) = caught.value.problems
        assert problem.found == text
        assert problem.code == "F-TENSORS"
    with pytest.raises(StoreError, match=r"expected: type float32, as the scenario says"):
        last.matching(like | {w1: like[w1].float()})


def test_edges_may_come_and_go(tmp_path):
    save(tmp_path, 1, tensors(1), {})
    like = {name: values for name, values in tensors(9).items() if "edges/" not in name}
    assert same(found(tmp_path).matching(like, optional=("edges/",)), tensors(1))
    longer = tensors(9)
    assert same(found(tmp_path).matching(longer, optional=("edges/",)), tensors(1))
    with pytest.raises(StoreError, match="F-TENSORS"):
        found(tmp_path).matching(longer)


def test_a_payload_without_a_tensor_of_its_header_is_refused(tmp_path):
    own = save(tmp_path, 1, tensors(1), {})
    content = json.loads((own / checkpoint.HEADER).read_bytes())
    rewritten(own, tensors=content["tensors"] | {"ghost": ["float32", [2]]})
    with pytest.raises(StoreError, match="no tensor 'ghost'"):
        _ = found(tmp_path).tensors


def test_later_and_unfinished_checkpoints_are_discarded(tmp_path):
    for step in (1, 2, 3):
        save(tmp_path, step, tensors(step), {})
    (tmp_path / "step-000000000001" / checkpoint.HEADER).unlink()
    checkpoint.discard_after(tmp_path, 2)
    assert [own.name for own in tmp_path.iterdir()] == ["step-000000000002"]


def test_a_full_disk_keeps_the_checkpoints_there_are(tmp_path, fail_call):
    save(tmp_path, 1, tensors(1), {})
    save(tmp_path, 2, tensors(2), {})
    for call in range(1, 13):
        fail_call(call, "ENOSPC")
        with pytest.raises(StoreError, match="No space left on device"):
            save(tmp_path, 3, tensors(3), {})
        assert found(tmp_path).step in (2, 3)
        fail_call(10_000, "ENOSPC")
        checkpoint.discard_after(tmp_path, 2)
    fail_call(13, "ENOSPC")
    save(tmp_path, 3, tensors(3), {})
    assert found(tmp_path).step == 3


seen: list[str] = []
sys.addaudithook(lambda event, _: seen.append(event) if event.startswith("pickle") else None)


def test_nothing_is_unpickled_and_no_planted_file_is_opened(tmp_path):
    own = save(tmp_path, 1, tensors(1), {})
    for name in ("tensors-00001.pt", "payload.pkl", "data.npy"):
        (own / name).write_bytes(b"\x80\x04cos\nsystem\n.")
    seen.clear()
    assert same(found(tmp_path).tensors, tensors(1))
    assert seen == []
