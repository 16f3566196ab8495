"""Verification of people whom the encoder was not trained on.

    python -m benchmarks.verification choice --out benchmarks/results/verification-choice.json
    python -m benchmarks.verification train --out identity-encoder.safetensors
    python -m benchmarks.verification test --out benchmarks/results/verification-test.json
    python -m benchmarks.verification motion --out benchmarks/results/verification-motion.json

`choice` compares losses and backbones on people of ECG-ID who are not in the test part. `train`
makes the encoder of the package. `test` measures it and the baselines on the test part.
`motion` trains on people of the motion set, and tests the others.
"""
