import numpy as np
import torch

from netware.record.readings import Reading, StateSample, joined, own, series_of, settled, spread


def reading(step: int, values, quantity: str = "mean", axes: tuple[str, ...] = ()) -> Reading:
    return Reading(("flow", quantity), axes, step, step / 4, torch.as_tensor(values))


def moment(step: int, **columns: torch.Tensor) -> StateSample:
    dimensions = {name: ("time", "replica", "agent") for name in columns}
    return StateSample(step, step / 4, columns, dimensions)


def test_readings_of_a_quantity_are_stacked_in_the_order_of_steps():
    readings = [
        reading(step, [step + 0.5, step - 0.5], quantity)
        for step in (3, 4, 9)
        for quantity in ("mean", "spread")
    ]
    mean, spread_ = settled(readings)
    assert (mean.probe, mean.quantity, spread_.quantity) == ("flow", "mean", "spread")
    assert mean.steps.tolist() == [3, 4, 9]
    assert mean.times.tolist() == [0.75, 1.0, 2.25]
    assert mean.values.tolist() == [[3.5, 2.5], [4.5, 3.5], [9.5, 8.5]]
    assert settled([]) == []


def test_shapes_that_change_make_a_stack_each():
    sizes = (2, 2, 3, 2, 0)
    readings = [
        reading(step, torch.full((1, size), float(step)), axes=("size",))
        for step, size in enumerate(sizes)
    ]
    found = settled(readings)
    assert [one.values.shape for one in found] == [(2, 1, 2), (1, 1, 3), (1, 1, 2), (1, 1, 0)]
    assert [one.steps.tolist() for one in found] == [[0, 1], [2], [3], [4]]
    assert all(one.axes == ("size",) for one in found)
    assert all((one.values == one.steps[:, None, None]).all() for one in found)


def test_whole_numbers_and_truths_become_numbers():
    counts, truths = settled([reading(0, [2**40 + 1], "count"), reading(0, [True], "over")])
    assert counts.values.tolist() == [[2**40 + 1]]
    assert truths.values.tolist() == [[1.0]]


def test_a_small_view_does_not_keep_its_large_base():
    large = torch.zeros(1000, requires_grad=True)
    kept = own(large[3:5])
    assert kept.untyped_storage().nbytes() == 8
    assert not kept.requires_grad
    whole = torch.zeros(5)
    assert own(whole).data_ptr() == whole.data_ptr()


def test_a_column_that_was_not_there_is_missing():
    ones = torch.ones(1, 2)
    found = series_of([moment(0, x=ones), moment(1, x=ones, n=ones.long()), moment(2, x=ones)])
    assert found.steps.tolist() == [0, 1, 2]
    assert found.columns["n"].values[:, 0, 0].tolist() == [0, 1, 0]
    assert found.columns["n"].values.dtype == np.int64
    later = series_of([moment(3, y=ones)])
    both = joined([found, later])
    assert both.steps.tolist() == [0, 1, 2, 3]
    assert both.times.tolist() == [0, 0.25, 0.5, 0.75]
    assert np.isnan(both.columns["y"].values[:, 0, 0]).tolist() == [True, True, True, False]
    assert np.isnan(both.columns["x"].values[:, 0, 0]).tolist() == [False, False, False, True]
    assert joined([later]) is later


def test_spread_copies_nothing_where_all_is_there():
    values = np.ones((3, 2))
    assert spread(values, np.array([True, True, True])) is values
