"""The numbers of the paper, compared with a copy of its tables."""

import pytest

from dt4ecg.paper.design import published
from dt4ecg.paper.design.presets import PRESETS

TABLE_I = """
lstm          36.42 36.49 36.42 35.80 39.17 39.37 39.17 39.15
mlp           30.54 31.01 30.52 30.28 37.55 37.67 37.55 37.50
cnn           98.12 98.16 98.12 98.11 71.46 72.57 71.46 70.93
mobilenet     99.00 99.02 99.00 98.99 79.22 79.05 79.22 79.09
efficientnet  98.75 98.76 98.75 98.74 82.10 83.50 82.10 81.78
resnet        98.37 98.39 98.37 98.36 83.98 84.16 83.98 84.01
densenet      99.00 99.01 99.00 98.99 79.72 82.13 79.72 79.85
proposed      99.12 99.14 99.12 99.12 90.11 90.25 90.11 90.11
"""
TABLE_II = """
Chen et al. | SVM | MIT-BIH | 48 | identity | 80.00
Zhao et al. | EEMD + K-NN | MIT-BIH | 90 | identity | 95.00
Patro et al. | LASSO + K-NN | ECG-ID | 20 | identity | 99.14
Bento et al. | spectrogram + CNN | ECG-ID | 90 | identity | 73.54
Pourbabaee et al. | 1D-CNN | self-built | 33 | identity | 95.25
Zhao et al. | 1D-CNN + multi-similarity loss | self-built | 20 | identity | 99.86
Arani et al. | random forest | PPG-DaLiA | 5 | activity | 88.44
O'Halloran et al. | MLP | MHEALTH | 12 | activity | 90.55
Yatbaz et al. | CNN | MHEALTH | 12 | activity | 93.05
Yun et al. | 1D-CNN | self-built | 5 | activity | 82.86
"""
# Identity and activity for each backbone, without attention and with SE, MHA, CBAM and SCA.
TABLE_III = """
cnn           98.12 71.46 98.62 74.47 98.37 72.97 98.87 73.47 99.00 76.47
efficientnet  98.75 82.10 98.75 84.23 97.87 80.73 98.75 82.60 99.12 86.36
mobilenet     99.00 79.22 99.00 83.40 99.12 86.11 99.25 83.35 99.00 86.73
densenet      99.00 79.72 98.75 80.35 98.37 79.47 98.75 77.85 98.37 82.35
resnet        98.37 83.98 98.62 84.48 98.50 82.60 99.00 86.61 99.12 90.11
"""


def lines(table):
    for line in table.strip().splitlines():
        name, *numbers = line.split()
        yield name, [float(number) for number in numbers]


def numbers_of(scores):
    return [scores.accuracy, scores.precision, scores.recall, scores.f1]


def test_table_i():
    models = {**published.BASELINES, "proposed": published.PROPOSED}
    assert list(models) == [name for name, _ in lines(TABLE_I)]
    for name, expected in lines(TABLE_I):
        scores = models[name].scores()
        assert numbers_of(scores["identity"]) + numbers_of(scores["activity"]) == expected


def test_table_ii():
    expected = []
    for line in TABLE_II.strip().splitlines():
        *texts, classes, task, accuracy = line.split(" | ")
        expected.append((*texts, int(classes), task, float(accuracy)))
    found = [
        (work.authors, work.method, work.data, work.classes, work.task, work.accuracy)
        for work in published.TABLE_II
    ]
    assert found == expected


def test_networks_and_attentions_have_the_names_of_the_paper():
    short = ["LSTM", "MLP", "1D-CNN", "1D-MobileNet"]
    long = ["1D-EfficientNet", "1D-ResNet", "1D-DenseNet"]
    assert [model.title for model in published.BASELINES.values()] == short + long
    assert published.PROPOSED.title == "Proposed method"
    assert list(published.ATTENTIONS.values()) == ["none", "SE", "MHA", "CBAM", "SCA"]


def test_table_iii():
    assert list(published.ABLATED_BACKBONES) == [name for name, _ in lines(TABLE_III)]
    assert list(published.ATTENTIONS) == ["none", "se", "mha", "cbam", "sca"]
    for backbone, expected in lines(TABLE_III):
        found = []
        for attention in published.ATTENTIONS:
            scores = published.with_attention(backbone, attention)
            found += [scores["identity"].accuracy, scores["activity"].accuracy]
            assert scores["identity"].f1 is None  # Table III has no F1
        assert found == expected
    with pytest.raises(KeyError):
        published.with_attention("lstm", "sca")


def test_table_iv_and_the_figures():
    with_gradnorm, without = published.WITH_GRADNORM, published.WITHOUT_GRADNORM
    assert [scores.accuracy for scores in with_gradnorm.values()] == [98.75, 84.11]
    assert [scores.accuracy for scores in without.values()] == [95.13, 78.22]
    assert published.CONVERGED_WITHOUT == {"identity": 10, "activity": 40}
    assert published.CONVERGED_WITH == {"identity": 3, "activity": 35}
    assert (published.GAIN_PER_EPOCH, published.PASSED_IN_SHORT_TRAINING) == (10, 90)


def test_accuracies_are_multiples_of_one_segment():
    """The paper cuts digits: 792 of 799 segments are 99.1239 %, printed as 99.12."""
    for scores in published.PROPOSED.scores().values():
        correct = round(scores.accuracy / 100 * published.TEST_SEGMENTS)
        assert int(10_000 * correct / published.TEST_SEGMENTS) / 100 == scores.accuracy


def test_the_recipe():
    assert (published.EPOCHS, published.SHORT_EPOCHS, published.BATCH_SIZE) == (50, 20, 16)
    assert (published.LEARNING_RATE, published.TEST_SIZE) == (1e-3, 0.3)
    assert (published.PEOPLE, published.ACTIVITIES) == (15, 3)
    paper = PRESETS["paper"]
    assert (paper.epochs, paper.short_epochs, paper.seeds) == (50, 20, 3)
    assert paper.subjects is None
    assert paper.seconds is None
