"""Verification of people whom the encoder was not trained on.

    python -m benchmarks.verification choice --out benchmarks/results/verification-choice.json
    python -m benchmarks.verification train --out identity-encoder.safetensors
    python -m benchmarks.verification test --out benchmarks/results/verification-test.json
    python -m benchmarks.verification motion --out benchmarks/results/verification-motion.json
    python -m benchmarks.verification make-cohort --out identity-cohort.safetensors
    python -m benchmarks.verification cohort --out benchmarks/results/verification-cohort.json
    python -m benchmarks.verification noise --out benchmarks/results/verification-noise.json
    python -m benchmarks.verification siamese --out benchmarks/results/verification-siamese.json

`choice` compares losses and backbones on people of ECG-ID who are not in the test part. `train`
makes the encoder of the package. `test` measures it and the baselines on the test part.
`motion` trains on people of the motion set, and tests the others. `make-cohort` makes the
background cohort of the package, and `cohort` counts who is accepted at its thresholds. `noise`
does so with other signals. `siamese` trains the Siamese networks, and tests pairs of known and of
new people.
"""
