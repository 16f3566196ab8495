#pragma once

// A function compiled once per instruction set and chosen when the library is loaded. With
// -ffp-contract=off each clone gives the same bits. Sanitizers cannot run the choosing.
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__)
#define DT4ECG_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define DT4ECG_CLONES
#endif

namespace dt4ecg::signal {

// The widest vector that compilers do not spill where the processor has narrower ones.
using Four = double __attribute__((vector_size(4 * sizeof(double))));
using UnalignedFour =
    double __attribute__((vector_size(4 * sizeof(double)), aligned(sizeof(double)), may_alias));

}  // namespace dt4ecg::signal
