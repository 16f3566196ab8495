#pragma once

// Marks a function that is compiled once per instruction set; the version is chosen when the
// library is loaded. With -ffp-contract=off all versions give the same bits. Sanitizers do not
// support it.
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define DT4ECG_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define DT4ECG_CLONES
#endif

namespace dt4ecg::signal {

// The widest vector that compilers keep in registers on processors with narrower vectors.
using Four = double __attribute__((vector_size(4 * sizeof(double))));
using UnalignedFour =
    double __attribute__((vector_size(4 * sizeof(double)), aligned(sizeof(double)), may_alias));

}  // namespace dt4ecg::signal
