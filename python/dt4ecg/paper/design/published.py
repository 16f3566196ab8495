"""Every number of the paper, once, as data (You et al. 2025). Accuracies and scores are in %."""

from __future__ import annotations

from dataclasses import dataclass

from dt4ecg._common import defaults


@dataclass(frozen=True)
class Scores:
    """One task's line in a table; the tables II to IV give accuracy alone."""

    accuracy: float
    precision: float | None = None
    recall: float | None = None
    f1: float | None = None


@dataclass(frozen=True)
class Model:
    """One line of a table that scores both tasks."""

    title: str
    identity: Scores
    activity: Scores

    def scores(self) -> dict[str, Scores]:
        return {"identity": self.identity, "activity": self.activity}


PROPOSED = Model(
    "Proposed method", Scores(99.12, 99.14, 99.12, 99.12), Scores(90.11, 90.25, 90.11, 90.11)
)

# Table I without the proposed method, by the name of our backbone.
BASELINES: dict[str, Model] = {
    "lstm": Model("LSTM", Scores(36.42, 36.49, 36.42, 35.80), Scores(39.17, 39.37, 39.17, 39.15)),
    "mlp": Model("MLP", Scores(30.54, 31.01, 30.52, 30.28), Scores(37.55, 37.67, 37.55, 37.50)),
    "cnn": Model("1D-CNN", Scores(98.12, 98.16, 98.12, 98.11), Scores(71.46, 72.57, 71.46, 70.93)),
    "mobilenet": Model(
        "1D-MobileNet", Scores(99.00, 99.02, 99.00, 98.99), Scores(79.22, 79.05, 79.22, 79.09)
    ),
    "efficientnet": Model(
        "1D-EfficientNet", Scores(98.75, 98.76, 98.75, 98.74), Scores(82.10, 83.50, 82.10, 81.78)
    ),
    "resnet": Model(
        "1D-ResNet", Scores(98.37, 98.39, 98.37, 98.36), Scores(83.98, 84.16, 83.98, 84.01)
    ),
    "densenet": Model(
        "1D-DenseNet", Scores(99.00, 99.01, 99.00, 98.99), Scores(79.72, 82.13, 79.72, 79.85)
    ),
}

# Table III in the paper's order.
ABLATED_BACKBONES = ("cnn", "efficientnet", "mobilenet", "densenet", "resnet")
ATTENTIONS = {"none": "none", "se": "SE", "mha": "MHA", "cbam": "CBAM", "sca": "SCA"}

# Table III where it says more than Table I: accuracy of identity and activity.
_ATTENDED: dict[tuple[str, str], tuple[float, float]] = {
    ("cnn", "se"): (98.62, 74.47),
    ("cnn", "mha"): (98.37, 72.97),
    ("cnn", "cbam"): (98.87, 73.47),
    ("cnn", "sca"): (99.00, 76.47),
    ("efficientnet", "se"): (98.75, 84.23),
    ("efficientnet", "mha"): (97.87, 80.73),
    ("efficientnet", "cbam"): (98.75, 82.60),
    ("efficientnet", "sca"): (99.12, 86.36),
    ("mobilenet", "se"): (99.00, 83.40),
    ("mobilenet", "mha"): (99.12, 86.11),
    ("mobilenet", "cbam"): (99.25, 83.35),
    ("mobilenet", "sca"): (99.00, 86.73),
    ("densenet", "se"): (98.75, 80.35),
    ("densenet", "mha"): (98.37, 79.47),
    ("densenet", "cbam"): (98.75, 77.85),
    ("densenet", "sca"): (98.37, 82.35),
    ("resnet", "se"): (98.62, 84.48),
    ("resnet", "mha"): (98.50, 82.60),
    ("resnet", "cbam"): (99.00, 86.61),
}


# What the paper calls GradNorm is its Algorithm 1; GradNorm as its authors published it stands
# beside, so that a defect of the one is not held against the other.
GRADNORMS = {"chen2018": "GradNorm of Chen et al. 2018", "paper": "Algorithm 1 as printed"}

# Rows of Table I by name; a backbone names its five rows of Table III, "dt4ecg" 1D-ResNet with SCA.
NETWORKS = (*BASELINES, "dt4ecg", *(f"dt4ecg-{weighting}" for weighting in GRADNORMS))


def with_attention(backbone: str, attention: str) -> dict[str, Scores]:
    """Table III's line by task; KeyError for a pair that the paper does not have."""
    if attention == "none":
        model = BASELINES[backbone]
    elif (backbone, attention) == ("resnet", "sca"):
        model = PROPOSED
    else:
        identity, activity = _ATTENDED[backbone, attention]
        return {"identity": Scores(identity), "activity": Scores(activity)}
    return {task: Scores(scores.accuracy) for task, scores in model.scores().items()}


@dataclass(frozen=True)
class Work:
    """One line of Table II: others' work, on others' data; ``comparator`` is ours of its kind."""

    authors: str
    method: str
    data: str
    classes: int  # subjects, or activities
    task: str
    accuracy: float
    comparator: str


# MIT-BIH has 47 people in 48 records and ECG-ID has 90: the first two lines are as printed.
TABLE_II = (
    Work("Chen et al.", "SVM", "MIT-BIH", 48, "identity", 80, "svm"),
    Work("Zhao et al.", "EEMD + K-NN", "MIT-BIH", 90, "identity", 95, "eemd_knn"),
    Work("Patro et al.", "LASSO + K-NN", "ECG-ID", 20, "identity", 99.14, "lasso_knn"),
    Work("Bento et al.", "spectrogram + CNN", "ECG-ID", 90, "identity", 73.54, "spectrogram_cnn"),
    Work("Pourbabaee et al.", "1D-CNN", "self-built", 33, "identity", 95.25, "cnn_identity"),
    Work(
        "Zhao et al.",
        "1D-CNN + multi-similarity loss",
        "self-built",
        20,
        "identity",
        99.86,
        "cnn_multi_similarity",
    ),
    Work("Arani et al.", "random forest", "PPG-DaLiA", 5, "activity", 88.44, "random_forest"),
    Work("O'Halloran et al.", "MLP", "MHEALTH", 12, "activity", 90.55, "mlp_activity"),
    Work("Yatbaz et al.", "CNN", "MHEALTH", 12, "activity", 93.05, "cnn_colour"),
    Work("Yun et al.", "1D-CNN", "self-built", 5, "activity", 82.86, "cnn_activity"),
)

# Table IV: after 20 epochs.
WITH_GRADNORM = {"identity": Scores(98.75), "activity": Scores(84.11)}
WITHOUT_GRADNORM = {"identity": Scores(95.13), "activity": Scores(78.22)}

# What its accuracies are of: multiples of 1/799.
PEOPLE = 15
ACTIVITIES = 3
TEST_SEGMENTS = 799

# The recipe (section IV-B), which is the package's default too.
EPOCHS = defaults.EPOCHS
SHORT_EPOCHS = 20  # Table IV and Fig. 7
TEST_SIZE = defaults.TEST_SIZE
BATCH_SIZE = defaults.BATCH_SIZE
LEARNING_RATE = defaults.LEARNING_RATE

# Fig. 6 and 7, as the text reads them: the epoch near which training accuracy has converged.
CONVERGED_WITHOUT = {"identity": 10, "activity": 40}
CONVERGED_WITH = {"identity": 3, "activity": 35}
GAIN_PER_EPOCH = 10.0  # points of activity training accuracy, in each of the 20 epochs
PASSED_IN_SHORT_TRAINING = 90.0  # activity training accuracy with GradNorm
