"""A backbone of parallel convolutions with kernels of three lengths."""

from collections import OrderedDict

import torch

from dt4ecg import _core
from dt4ecg.nn.stage import Stage

SUMMARY = "four blocks of parallel kernels of 5, 11 and 21 samples, stride 4 in all"
KERNELS = (5, 11, 21)
CHANNELS = (8, 12, 16, 24)  # of each kernel, in each block
POOLED = (True, True, False, False)  # whether a block ends with max pooling over two steps


def multiresolution(in_channels: int, segment_length: int) -> torch.nn.Module:
    """Return the backbone: features (batch, 72, segment_length // 4).

    The first block works on the segment. Each other one has a convolution of kernel 1 that reduces
    the channels, and then the parallel convolutions, whose outputs are concatenated. The step of
    the feature maps is 4 samples, half of that of the backbone ``"resnet"``, so that maps of
    Grad-CAM are finer.
    """
    stages: OrderedDict[str, torch.nn.Module] = OrderedDict()
    channels, length = in_channels, segment_length
    for number, (width, pooled) in enumerate(zip(CHANNELS, POOLED, strict=True), 1):
        graph = _core.nn.Graph.parse(_block(channels, length, width, number == 1, pooled))
        stages[f"block{number}"] = Stage(graph)
        channels, length = graph.output_shapes[0]
    return torch.nn.Sequential(stages)


def _block(channels: int, length: int, width: int, first: bool, pooled: bool) -> str:
    """Return the text of the graph of one block. Value 0 is its input, value 1 its first node."""
    lines = [f"input channels={channels} length={length}"]
    if first:
        lines.append("batch_norm norm 0")
    else:
        lines.append(f"conv_norm reduce 0 channels={width} kernel=1 relu=1 stride=1")
    for kernel in KERNELS:
        lines.append(f"conv_norm kernel{kernel} 1 channels={width} kernel={kernel} relu=1 stride=1")
    lines += ["concat two 2,3", "concat all 5,4"]
    if pooled:
        lines.append("max_pool pool 6 size=2")
    return "\n".join([*lines, f"output {7 if pooled else 6}", ""])
