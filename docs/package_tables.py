"""Markdown tables of what the package contains: data sets, weightings, networks.

Names, sizes, parameters and defaults come from the package. The descriptions below are text of the
documentation; a name without a description is an error.
"""

from dataclasses import fields

from result_tables import table

import dt4ecg
from dt4ecg import _core  # its tables lack what tests and users register

PEOPLE, ACTIVITIES = 15, 3

BACKBONES = {
    "lstm": "one layer of 64 units over all samples; its hidden states are the feature map",
    "mlp": "flattened segment, 256, 128 and 128 units, ReLU; a feature map of one time step",
    "cnn": "kernel 7, then 5; 32, 64, 128 and 128 channels, batch normalisation, ReLU, max pooling "
    "by 2 between them",
    "mobilenet": "MobileNet (version 1) at full width, its first six layers",
    "efficientnet": "EfficientNet-B0 up to the first block of its fifth stage, and its last "
    "convolution; no dropout",
    "densenet": "DenseNet-BC, three blocks of four layers, growth 16, stem of kernel 7 and "
    "stride 2",
    "resnet": "the residual modules of DT4ECG",
    "resnet_wide": "the same at constant width",
    "multiresolution": "four blocks of parallel kernels of 5, 11 and 21 samples; 8, 12, 16 and 24 "
    "channels of each, max pooling by 2 after the first two blocks",
}

# Each weighting's rule and source.
WEIGHTINGS = {
    "none": ("1", "the default"),
    "paper": (
        "w_i exp(alpha (share_i - 1)), share_i = norm_i / sum of norms",
        "Algorithm 1 of the paper, as printed",
    ),
    "paper_reset": ("exp(alpha (share_i - 1))", "a repair of it"),
    "paper_renorm": ("as `paper`, scaled to the sum M", "a repair of it"),
    "chen2018": (
        "descend on sum_i abs(w_i norm_i - target_i)",
        "GradNorm, Chen et al. 2018",
    ),
    "uncertainty": (
        "exp(-s_i), where s descends on sum_i exp(-s_i) L_i + s_i / 2",
        "Kendall et al. 2018",
    ),
    "dwa": (
        "M softmax(ratio of the losses of the last two epochs / 2)",
        "Liu, Johns and Davison 2019",
    ),
    "rlw": ("M softmax(normal draws)", "Lin et al. 2022"),
    "famo": (
        "softmax(xi)_i / L_i scaled to the sum M, where xi follows the fall of log L_i; one more "
        "forward pass",
        "Liu, Feng et al. 2023",
    ),
    "pcgrad": ("sum of the g_i, each without its parts against another", "Yu et al. 2020"),
    "mgda": (
        "scaled to the sum M, w >= 0: the shortest sum_i w_i g_i",
        "Desideri 2012; Sener and Koltun 2018",
    ),
    "cagrad": (
        "the best worst gain within 0.4 of the length of the mean gradient around it",
        "Liu, Liu et al. 2021",
    ),
    "imtl_g": ("equal projections on all g_i / norm_i", "Liu, Li et al. 2021"),
    "nash_mtl": ("(G w)_i = 1 / w_i", "Navon et al. 2022"),
    "aligned_mtl": ("lambda_min^(1/2) G^(-1/2) 1", "Senushkin et al. 2023"),
}


def datasets() -> str:
    """Return the table of the sets that have labels to learn from."""
    rows = [
        [
            f"`{info.name}`",
            info.title + (" (**simulated**)" if info.simulated else ""),
            str(info.subjects),
            ", ".join(info.activities).replace("_", " ") or "unknown",
            f"{info.sampling_rate:g} Hz",
            f"{info.mains_frequency:g} Hz",
            info.licence,
        ]
        for info in dt4ecg.datasets.DATASETS.values()
        if info.load is not None
    ]
    return table(
        ("name", "content", "people", "activities", "sampling rate", "mains", "licence"), rows
    )


def weightings() -> str:
    """Rule, source, parameters and cost of each weighting."""
    rows = []
    for name in dt4ecg.weighting.names():
        weighting = dt4ecg.weighting.get(name)
        rule, source = WEIGHTINGS[name]
        parameters = ", ".join(
            f"{field.name} = {getattr(weighting, field.name)}" for field in fields(weighting)
        )
        gradients = "yes" if weighting.build().needs_gram else "no"
        rows.append([f"`{name}`", type(weighting).__name__, rule, source, parameters, gradients])
    return table(("name", "class", "weights w", "source", "parameters", "gradients"), rows)


def backbones() -> str:
    """Size of each backbone without attention."""
    rows = []
    for name in (*_core.nn.backbones(), "multiresolution"):
        network = dt4ecg.nn.Network(
            name, "none", tasks={"identity": PEOPLE, "activity": ACTIVITIES}
        )
        parameters = sum(parameter.numel() for parameter in network.parameters())
        millions = f"{network.multiply_adds / 1e6:.1f} M"
        rows.append([f"`{name}`", BACKBONES[name], f"{parameters:,}", millions])
    return table(("backbone", "design", "parameters", "multiply-adds"), rows)


def attentions() -> str:
    """Return the table of attentions with their descriptions."""
    rows = [[f"`{name}`", about] for name, about in _core.nn.attentions().items()]
    return table(("attention", "design"), rows)


def sizes() -> str:
    """Parameters of the parts of DT4ECG."""
    network = dt4ecg.nn.Network(tasks={"identity": PEOPLE, "activity": ACTIVITIES})
    rows = [
        [name, f"{part['parameters']:,}", f"{part['multiply_adds']:,}"]
        for name, part in network.parts().items()
    ]
    total = sum(parameter.numel() for parameter in network.parameters())
    rows.append(["all", f"{total:,}", f"{network.multiply_adds:,}"])
    motion = dt4ecg.nn.Network(tasks={"identity": 10, "activity": 5})
    total = sum(parameter.numel() for parameter in motion.parameters())
    rows.append(["all, for `motion-ecg`", f"{total:,}", f"{motion.multiply_adds:,}"])
    return table(("part", "parameters", "multiply-adds"), rows)


TABLES = {
    "datasets": datasets,
    "weightings": weightings,
    "backbones": backbones,
    "attentions": attentions,
    "sizes": sizes,
}
