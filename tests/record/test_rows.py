import math

import numpy as np
import pytest

from netware.record.rows import missing


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_missing_measurement_is_no_number(dtype):
    assert math.isnan(missing(np.dtype(dtype)))


@pytest.mark.parametrize(("dtype", "value"), [("int32", 0), ("int64", 0), ("bool", False)])
def test_a_missing_whole_number_is_zero(dtype, value):
    assert missing(np.dtype(dtype)) == value
    assert type(missing(np.dtype(dtype))) is type(value)
