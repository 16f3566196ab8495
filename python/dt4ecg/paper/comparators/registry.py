"""The table of comparators, in the order of the paper's Table II."""

from __future__ import annotations

from dt4ecg.paper.comparators.base import Comparator
from dt4ecg.paper.comparators.image_networks import fit_colour_cnn, fit_spectrogram_cnn
from dt4ecg.paper.comparators.metric_learning import fit_multi_similarity
from dt4ecg.paper.comparators.nearest_neighbours import fit_eemd_knn, fit_lasso_knn
from dt4ecg.paper.comparators.perceptron import fit_mlp
from dt4ecg.paper.comparators.random_forest import fit_random_forest
from dt4ecg.paper.comparators.support_vectors import fit_svm
from dt4ecg.paper.comparators.waveform_networks import fit_cnn_activity, fit_cnn_identity

COMPARATORS: dict[str, Comparator] = {
    comparator.name: comparator
    for comparator in (
        Comparator("svm", "identity", fit_svm),
        Comparator("eemd_knn", "identity", fit_eemd_knn, module="PyEMD"),
        Comparator("lasso_knn", "identity", fit_lasso_knn),
        Comparator("spectrogram_cnn", "identity", fit_spectrogram_cnn),
        Comparator("cnn_identity", "identity", fit_cnn_identity),
        Comparator("cnn_multi_similarity", "identity", fit_multi_similarity),
        Comparator("random_forest", "activity", fit_random_forest),
        Comparator("mlp_activity", "activity", fit_mlp),
        Comparator("cnn_colour", "activity", fit_colour_cnn),
        Comparator("cnn_activity", "activity", fit_cnn_activity),
    )
}
