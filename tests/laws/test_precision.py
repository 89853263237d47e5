"""Numbers keep the precision that the scenario asks for, and columns keep their shapes."""

import torch

from tests.laws import worlds
from tests.laws.cases import blocks, hold


@blocks("float64 stays float64")
def test_float64_stays_float64(block):
    def law(seed, data):
        model = worlds.built({**data, "precision": "float64"})
        for _ in range(2):
            found = worlds.everything(model)
            wrong = {k: v.dtype for k, v in found.items() if v.dtype == torch.float32}
            wrong = {k: v for k, v in wrong.items() if not k.endswith(".updates")}  # a count
            assert wrong == {}
            worlds.after(model, 1)

    hold(law, block)


@blocks("columns keep type and shape")
def test_columns_and_weights_keep_type_and_shape(block):
    def law(seed, data):
        model = worlds.built(data)
        before = {k: (v.dtype, v.shape) for k, v in worlds.state_and_weights(model).items()}
        worlds.after(model, data["steps"])
        later = {k: (v.dtype, v.shape) for k, v in worlds.state_and_weights(model).items()}
        assert {k: v for k, v in later.items() if before.get(k) != v} == {}

    hold(law, block)
