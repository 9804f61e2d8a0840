#include "gbench.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <vector>

void gbench_register(const char *name, gbench_body *body, void *context, gbench_work work) {
    benchmark::RegisterBenchmark(name, [=](benchmark::State &state) {
        const uint64_t batch = 16;
        while (state.KeepRunningBatch(batch)) body(context, batch);
        const double n = static_cast<double>(state.iterations());
        const double limit = std::max(work.most_bytes > 0 ? work.bytes / work.most_bytes : 0,
                                      work.most_flops > 0 ? work.flops / work.most_flops : 0);
        using benchmark::Counter;
        if (work.bytes > 0) state.counters["GB/s"] = Counter(n * work.bytes * 1e-9, Counter::kIsRate);
        if (work.flops > 0) state.counters["GFLOP/s"] = Counter(n * work.flops * 1e-9, Counter::kIsRate);
        if (limit > 0) state.counters["of_limit"] = Counter(n * limit, Counter::kIsRate);
        const auto inverse = static_cast<Counter::Flags>(Counter::kIsRate | Counter::kInvert);
        if (work.elements <= 0) return;
        state.counters["ns_per_element"] = Counter(n * work.elements * 1e-9, inverse);
        if (work.cycle > 0) state.counters["cycles_per_element"] = Counter(n * work.elements * work.cycle, inverse);
        if (work.max_ulp >= 0) state.counters["max_ulp"] = work.max_ulp;
        if (work.max_error >= 0) state.counters["max_error"] = work.max_error;
    });
}

int gbench_run(int count, char **arguments) {
    char interleave[] = "--benchmark_enable_random_interleaving=true";
    std::vector<char *> all(arguments, arguments + count);
    all.insert(all.begin() + 1, interleave); /* first, so that the caller's flags may change it */
    int n = static_cast<int>(all.size());
    all.push_back(nullptr);
    benchmark::Initialize(&n, all.data());
    if (benchmark::ReportUnrecognizedArguments(n, all.data())) return 2;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
