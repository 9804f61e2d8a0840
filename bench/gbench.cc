#include "gbench.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <vector>

namespace {

gbench_pace pace_then;
gbench_pace (*pace_now)(void);

double alone(const gbench_pace &pace) { return pace.flops * pace.cycle / (pace_then.flops * pace_then.cycle); }

/* `cycle`: seconds of one, 0 if that is not known. */
void show(benchmark::State &state, const gbench_work &work, double cycle) {
    using benchmark::Counter;
    const double n = static_cast<double>(state.iterations());
    const auto inverse = static_cast<Counter::Flags>(Counter::kIsRate | Counter::kInvert);
    const auto rate = [&](const char *name, double each) {
        if (each > 0) state.counters[name] = Counter(n * each, Counter::kIsRate);
    };
    const auto share = [](double of, double most) { return most > 0 ? of / most : 0; };
    rate("GB/s", work.bytes * 1e-9);
    rate("GFLOP/s", work.flops * 1e-9);
    rate("of_limit", std::max(share(work.bytes, work.most_bytes), share(work.flops, work.most_flops)));
    if (work.most_fed > 0) {
        rate("of_peak", share(work.flops, work.most_flops));
        rate("of_ceiling", share(work.flops, work.most_fed));
        rate("of_bandwidth", share(work.bytes, work.most_bytes));
    }
    if (work.elements <= 0) return;
    state.counters["ns_per_element"] = Counter(n * work.elements * 1e-9, inverse);
    if (cycle > 0) state.counters["cycles_per_element"] = Counter(n * work.elements * cycle, inverse);
    if (work.max_ulp >= 0) state.counters["max_ulp"] = work.max_ulp;
    if (work.max_error >= 0) state.counters["max_error"] = work.max_error;
}

} // namespace

void gbench_register(const char *name, gbench_body *body, void *context, gbench_work work) {
    /* calls of more than a hundred microseconds one by one, or a repetition takes too long */
    const uint64_t batch = work.most_flops > 0 && work.flops / work.most_flops > 1e-4 ? 1 : 16;
    auto *row = benchmark::RegisterBenchmark(name, [=](benchmark::State &state) {
        gbench_work now = work;
        if (work.prepare && !work.prepare(context, &now)) return state.SkipWithError("left out");
        const gbench_pace before = pace_now ? pace_now() : gbench_pace{};
        while (state.KeepRunningBatch(static_cast<benchmark::IterationCount>(batch))) body(context, batch);
        const gbench_pace after = pace_now ? pace_now() : gbench_pace{};
        const double cycle = (before.cycle + after.cycle) / 2;
        if (pace_now) {
            now.most_flops *= pace_then.cycle / cycle;
            now.most_fed *= pace_then.cycle / cycle;
            state.counters["alone"] = std::min(alone(before), alone(after));
        }
        show(state, now, cycle);
    });
    if (work.wall) row->UseRealTime();
}

void gbench_paces(gbench_pace then, gbench_pace (*now)(void)) {
    pace_then = then;
    pace_now = now;
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
