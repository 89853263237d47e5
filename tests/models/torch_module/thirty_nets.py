"""Modules as people write them, each with the numbers in its samples."""

import torch
from torch import nn
from torch.nn.utils import parametrizations


class Policy(nn.Module):
    """An orthogonal layer, and a head that begins near 0."""

    def __init__(self):
        super().__init__()
        self.mix, self.out = nn.Linear(4, 4), nn.Linear(4, 2)
        nn.init.orthogonal_(self.mix.weight)
        nn.init.zeros_(self.mix.bias)
        nn.init.normal_(self.out.weight, std=1e-3)

    def forward(self, x):
        return self.out(torch.tanh(self.mix(x)))


class Attention(nn.Module):
    """Two tokens, self-attention, one answer."""

    def __init__(self, weights: bool = True):
        super().__init__()
        self.mix, self.out = nn.MultiheadAttention(4, 2, batch_first=True), nn.Linear(4, 1)
        self.weights = weights

    def forward(self, x):
        tokens = x.reshape(-1, 2, 4)
        mixed, _ = self.mix(tokens, tokens, tokens, need_weights=self.weights)
        return self.out(mixed.mean(1))


class Encoder(nn.Module):
    """A transformer encoder over four tokens."""

    def __init__(self, layers: int = 1):
        super().__init__()
        layer = nn.TransformerEncoderLayer(6, 2, 8, batch_first=True)
        self.read = nn.Linear(2, 6)
        self.body = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)
        self.out = nn.Linear(6, 2)

    def forward(self, x):
        return self.out(self.body(self.read(x.reshape(-1, 4, 2)))[:, 0])


class Recurrent(nn.Module):
    """A recurrent layer over four pairs of numbers."""

    def __init__(self, kind: str = "GRU", **options):
        super().__init__()
        self.cell = getattr(nn, kind)(2, 5, batch_first=True, **options)
        ways = 2 if options.get("bidirectional") else 1
        self.out = nn.Linear(5 * ways, 1)

    def forward(self, x):
        heard, _ = self.cell(x.reshape(-1, 4, 2))
        return self.out(heard[:, -1])


class LastState(nn.Module):
    """An LSTM that begins from states of its own and answers from its last cell."""

    def __init__(self):
        super().__init__()
        self.cell, self.out = nn.LSTM(2, 3), nn.Linear(3, 2)
        self.begun = nn.Parameter(torch.randn(1, 1, 3))

    def forward(self, x):
        steps = x.reshape(-1, 4, 2).transpose(0, 1)
        begun = self.begun.expand(-1, len(x), -1).contiguous()
        _, (_, c) = self.cell(steps, (begun, torch.zeros(1, len(x), 3)))
        return self.out(c[0])


class Cell(nn.Module):
    """A GRU cell in a loop of one's own."""

    def __init__(self):
        super().__init__()
        self.cell, self.out = nn.GRUCell(2, 4), nn.Linear(4, 1)

    def forward(self, x):
        h = x.new_zeros(len(x), 4)
        for step in x.reshape(-1, 4, 2).unbind(1):
            h = self.cell(step, h)
        return self.out(h)


class Pictures(nn.Module):
    """Convolutions of 4 x 4 pictures."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(1, 3, 3, padding=1), nn.GroupNorm(1, 3), nn.ReLU(), nn.MaxPool2d(2)
        )
        self.out = nn.Linear(12, 3)

    def forward(self, x):
        return self.out(self.body(x.reshape(-1, 1, 4, 4)).flatten(1))


class Normed(nn.Module):
    """Batch norm and dropout, which are off in eval mode."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(4, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Dropout(0.3), nn.Linear(6, 2)
        )

    def forward(self, x):
        return self.body(x)


class Residual(nn.Module):
    """Blocks with a shortcut and a layer norm."""

    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList(nn.Linear(4, 4) for _ in range(3))
        self.norm = nn.LayerNorm(4)

    def forward(self, x):
        for block in self.blocks:
            x = x + torch.nn.functional.gelu(block(self.norm(x)))
        return x


class Features(nn.Module):
    """Random Fourier features in a buffer, and a readout of them."""

    def __init__(self):
        super().__init__()
        self.register_buffer("waves", 2 * torch.randn(4, 8))
        self.out = nn.Linear(16, 1)

    def forward(self, x):
        angle = x @ self.waves
        return self.out(torch.cat([angle.sin(), angle.cos()], -1))


class Frozen(nn.Module):
    """A first layer that stays as it was drawn, and a permutation of its units."""

    def __init__(self):
        super().__init__()
        self.first, self.out = nn.Linear(4, 6).requires_grad_(False), nn.Linear(6, 2)
        self.register_buffer("order", torch.randperm(6))

    def forward(self, x):
        return self.out(torch.relu(self.first(x)).index_select(1, self.get_buffer("order")))


class WeightNorm(nn.Module):
    """Linear layers with weight norm."""

    def __init__(self):
        super().__init__()
        self.a = parametrizations.weight_norm(nn.Linear(4, 5))
        self.b = parametrizations.weight_norm(nn.Linear(5, 2))

    def forward(self, x):
        return self.b(torch.tanh(self.a(x)))


class SpectralNorm(nn.Module):
    """A linear layer with spectral norm, whose vectors belong to its weight."""

    def __init__(self):
        super().__init__()
        self.a, self.b = parametrizations.spectral_norm(nn.Linear(4, 5)), nn.Linear(5, 2)

    def forward(self, x):
        return self.b(torch.tanh(self.a(x)))


class Orthogonal(nn.Module):
    """A layer that stays orthogonal while it learns."""

    def __init__(self):
        super().__init__()
        self.a, self.b = parametrizations.orthogonal(nn.Linear(4, 4)), nn.Linear(4, 1)

    def forward(self, x):
        return self.b(torch.tanh(self.a(x)))


class Tied(nn.Module):
    """An autoencoder whose decoder is its encoder, transposed: one parameter in two layers."""

    def __init__(self):
        super().__init__()
        self.code = nn.Linear(4, 4, bias=False)
        self.back = nn.Linear(4, 4)
        self.back.weight = self.code.weight

    def forward(self, x):
        return self.back(torch.tanh(self.code(x)))


class Squeezed(nn.Module):
    """A value without an axis of its own."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 1))

    def forward(self, x):
        return self.body(x).squeeze(-1)


class Lazy(nn.Module):
    """Layers that find their size in what they are given."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.LazyLinear(6), nn.Tanh(), nn.LazyLinear(2))

    def forward(self, x):
        return self.body(x)


class Words(nn.Module):
    """An embedding of whole numbers that come as real ones."""

    def __init__(self):
        super().__init__()
        self.words, self.out = nn.Embedding(5, 3), nn.Linear(6, 1)

    def forward(self, x):
        return self.out(self.words(x.long()).flatten(1))


class BareWords(nn.Module):
    """An embedding as for whole numbers."""

    def __init__(self):
        super().__init__()
        self.words, self.out = nn.Embedding(5, 3), nn.Linear(6, 1)

    def forward(self, x):
        return self.out(self.words(x).flatten(1))


class Centres(nn.Module):
    """Radial functions around centres of its own."""

    def __init__(self):
        super().__init__()
        self.centres = nn.Parameter(torch.randn(6, 4))
        self.width = nn.Parameter(torch.zeros(6))
        self.out = nn.Linear(6, 1)

    def forward(self, x):
        return self.out(torch.exp(-(torch.cdist(x, self.centres) ** 2) * self.width.exp()))


class Gated(nn.Module):
    """A gate whose parameters are no layer's."""

    def __init__(self):
        super().__init__()
        self.w = nn.ParameterDict({k: nn.Parameter(torch.randn(4, 3)) for k in ("gate", "value")})
        self.scale = nn.Parameter(torch.ones(()))

    def forward(self, x):
        return self.scale * torch.sigmoid(x @ self.w["gate"]) * (x @ self.w["value"])


class Experts(nn.Module):
    """A soft mixture of experts by einsum."""

    def __init__(self):
        super().__init__()
        self.gate = nn.Linear(4, 3)
        self.w = nn.Parameter(torch.randn(3, 4, 2) / 2)

    def forward(self, x):
        share = torch.softmax(self.gate(x), -1)
        return torch.einsum("se,si,eio->so", share, x, self.w)


class Deciding(nn.Module):
    """A branch that the samples decide on, which vmap cannot take."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(4, 2), nn.Linear(4, 2)

    def forward(self, x):
        return self.a(x) if float(self.b(x).sum()) > 0 else self.b(x)


class OneByOne(nn.Module):
    """A module for one sample alone."""

    def __init__(self):
        super().__init__()
        self.w, self.v = nn.Parameter(torch.randn(3, 4)), nn.Parameter(torch.randn(2, 3))

    def forward(self, x):
        return self.v.mv(torch.tanh(self.w.mv(x)))


class Bilinear(nn.Module):
    """A product of two halves of a sample."""

    def __init__(self):
        super().__init__()
        self.both = nn.Bilinear(2, 2, 3)

    def forward(self, x):
        return self.both(x[:, :2], x[:, 2:])


class Signal(nn.Module):
    """Convolutions in time."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv1d(1, 4, 3), nn.ELU(), nn.AdaptiveAvgPool1d(2))
        self.out = nn.Linear(8, 2)

    def forward(self, x):
        return self.out(self.body(x[:, None]).flatten(1))


class Ones(nn.Module):
    """A mask that the forward pass makes, and a learnt slope."""

    def __init__(self):
        super().__init__()
        self.body, self.slope = nn.Linear(4, 4), nn.PReLU(4)

    def forward(self, x):
        return self.slope(self.body(x)) * torch.triu(torch.ones(4, 4)).sum(0)


class Rows(nn.Module):
    """A little picture as an answer."""

    def __init__(self):
        super().__init__()
        self.up = nn.ConvTranspose2d(1, 1, 2)

    def forward(self, x):
        return self.up(x.reshape(-1, 1, 2, 2))


INPUTS = {
    "Policy": 4,
    "Attention": 8,
    "Encoder": 8,
    "Recurrent": 8,
    "LastState": 8,
    "Cell": 8,
    "Pictures": 16,
    "Normed": 4,
    "Residual": 4,
    "Features": 4,
    "Frozen": 4,
    "WeightNorm": 4,
    "SpectralNorm": 4,
    "Orthogonal": 4,
    "Tied": 4,
    "Squeezed": 4,
    "Lazy": 4,
    "Words": 2,
    "BareWords": 2,
    "Centres": 4,
    "Gated": 4,
    "Experts": 4,
    "Deciding": 4,
    "OneByOne": 4,
    "Bilinear": 4,
    "Signal": 8,
    "Ones": 4,
    "Rows": 4,
}
VARIANTS: list[tuple[str, dict]] = [
    *((name, {}) for name in INPUTS),
    ("Attention", {"weights": False}),
    ("Encoder", {"layers": 2}),
    ("Recurrent", {"kind": "LSTM"}),
    ("Recurrent", {"kind": "RNN", "nonlinearity": "relu"}),
    ("Recurrent", {"num_layers": 2, "bidirectional": True}),
    ("Recurrent", {"kind": "LSTM", "num_layers": 2, "dropout": 0.2}),
]
