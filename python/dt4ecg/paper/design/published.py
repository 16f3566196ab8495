"""The numbers of the paper (You et al. 2025) as data. Accuracies and scores are in %."""

from __future__ import annotations

from dataclasses import dataclass

from dt4ecg._common import defaults


@dataclass(frozen=True)
class Scores:
    """The scores of one task in one row of a table. Tables II to IV give the accuracy only."""

    accuracy: float
    precision: float | None = None
    recall: float | None = None
    f1: float | None = None


@dataclass(frozen=True)
class Model:
    """One row of a table that scores both tasks."""

    title: str
    identity: Scores
    activity: Scores

    def scores(self) -> dict[str, Scores]:
        """Return the scores by task."""
        return {"identity": self.identity, "activity": self.activity}


PROPOSED = Model(
    "Proposed method", Scores(99.12, 99.14, 99.12, 99.12), Scores(90.11, 90.25, 90.11, 90.11)
)

# Table I without the proposed method. The keys are the names of our backbones.
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

# The networks and attentions of Table III, in the order of the paper.
ABLATED_BACKBONES = ("cnn", "efficientnet", "mobilenet", "densenet", "resnet")
ATTENTIONS = {"none": "none", "se": "SE", "mha": "MHA", "cbam": "CBAM", "sca": "SCA"}

# The rows of Table III that are not in Table I: accuracies of identity and activity.
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


# The paper calls its Algorithm 1 GradNorm. GradNorm as published by Chen et al. is a second
# candidate, so that a defect of Algorithm 1 does not count against GradNorm.
GRADNORMS = {"chen2018": "GradNorm of Chen et al. 2018", "paper": "Algorithm 1 as printed"}

# Names of the rows of Table I. In Table III, the name of a backbone selects its five rows, and
# "dt4ecg" selects 1D-ResNet with SCA.
NETWORKS = (*BASELINES, "dt4ecg", *(f"dt4ecg-{weighting}" for weighting in GRADNORMS))


def with_attention(backbone: str, attention: str) -> dict[str, Scores]:
    """Return the scores of a row of Table III by task.

    Raises
    ------
    KeyError
        The paper does not have this pair.
    """
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
    """One row of Table II: a method of another paper on its own data.

    ``comparator`` is the name of our version of the method.
    """

    authors: str
    method: str
    data: str
    classes: int  # number of subjects or activities
    task: str
    accuracy: float
    comparator: str


# The first two rows are as printed. MIT-BIH has 47 people in 48 records; ECG-ID has 90 people.
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

# Table IV, after 20 epochs.
WITH_GRADNORM = {"identity": Scores(98.75), "activity": Scores(84.11)}
WITHOUT_GRADNORM = {"identity": Scores(95.13), "activity": Scores(78.22)}

# The data of the paper. Its accuracies are multiples of 1/799.
PEOPLE = 15
ACTIVITIES = 3
TEST_SEGMENTS = 799

# The recipe (section IV-B), which is also the default of the package.
EPOCHS = defaults.EPOCHS
SHORT_EPOCHS = 20  # for Table IV and Fig. 7
TEST_SIZE = defaults.TEST_SIZE
BATCH_SIZE = defaults.BATCH_SIZE
LEARNING_RATE = defaults.LEARNING_RATE

# Fig. 6 and 7, as the text describes them. The epochs are those near which the training accuracy
# has converged.
CONVERGED_WITHOUT = {"identity": 10, "activity": 40}
CONVERGED_WITH = {"identity": 3, "activity": 35}
GAIN_PER_EPOCH = 10.0  # in points of the activity's training accuracy, in each of the 20 epochs
PASSED_IN_SHORT_TRAINING = 90.0  # the activity's training accuracy with GradNorm, in %
