/* The levels of this build and the choice between them. */
#include "dispatch.h"

#include "amx.h"
#include "cpu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const hk_level hk_levels[] = {
    {HK_ISA_SCALAR, &hk_kernels_scalar},
#if defined __x86_64__
    {HK_ISA_AVX2, &hk_kernels_avx2},     {HK_ISA_AVX2_VNNI, &hk_kernels_avx2_vnni},
    {HK_ISA_AVX512, &hk_kernels_avx512}, {HK_ISA_AVX512_VNNI, &hk_kernels_avx512_vnni},
    {HK_ISA_AMX, &hk_kernels_amx},
#elif defined __aarch64__
    {HK_ISA_NEON, &hk_kernels_neon},
    {HK_ISA_NEON_DOT, &hk_kernels_neon_dot},
    {HK_ISA_NEON_I8MM, &hk_kernels_neon_i8mm},
#endif
};
const size_t hk_level_count = sizeof hk_levels / sizeof *hk_levels;

/* Every level's name, and its place in its architecture's order: a limit may name one that this build has not. */
static const struct {
    const char *name;
    int architecture, place; /* architecture 0: both */
} names[] = {
    [HK_ISA_SCALAR] = {"scalar", 0, 0},     [HK_ISA_NEON] = {"neon", 2, 1},
    [HK_ISA_NEON_DOT] = {"neon_dot", 2, 2}, [HK_ISA_NEON_I8MM] = {"neon_i8mm", 2, 3},
    [HK_ISA_AVX2] = {"avx2", 1, 1},         [HK_ISA_AVX2_VNNI] = {"avx2_vnni", 1, 2},
    [HK_ISA_AVX512] = {"avx512", 1, 3},     [HK_ISA_AVX512_VNNI] = {"avx512_vnni", 1, 4},
    [HK_ISA_AMX] = {"amx", 1, 5},
};
enum { NAME_COUNT = sizeof names / sizeof *names };

const char *hk_isa_name(hk_isa isa) { return (unsigned)isa < NAME_COUNT ? names[isa].name : "unknown"; }

/* 1 if the level may be used under the limit; a limit that is unknown, or another architecture's, limits nothing. */
static int allowed(hk_isa isa, const char *limit) {
    const int here = names[hk_levels[hk_level_count - 1].isa].architecture;
    for (int i = 0; limit && i < NAME_COUNT; i++)
        if (!strcmp(limit, names[i].name) && (!names[i].architecture || names[i].architecture == here))
            return names[isa].place <= names[i].place;
    return 1;
}

const hk_level *hk_level_choose(uint32_t features, const char *limit) {
    size_t i = hk_level_count;
    while (--i && ((hk_isa_needs(hk_levels[i].isa) & ~features) || !allowed(hk_levels[i].isa, limit))) {
    }
    return &hk_levels[i];
}

uint32_t hk_features_usable(void) {
    const uint32_t features = hk_features_here();
    return hk_amx_refused() ? features & ~(uint32_t)HK_FEATURE_OS_TILE : features;
}

_Atomic(const hk_kernels *) hk_kernels_published;

/* Publishes the best level in place of `old`; if another thread was first, or forced a level meanwhile, its choice
   stands. */
static const hk_kernels *replace(const hk_kernels *old) {
    const hk_kernels *chosen = hk_level_choose(hk_features_usable(), getenv("HILLOCK_ISA"))->kernels;
    return atomic_compare_exchange_strong(&hk_kernels_published, &old, chosen) ? chosen : old;
}

const hk_kernels *hk_kernels_choose(void) { return replace(NULL); }

int hk_tiles_permitted(void) {
    if (hk_amx_permitted()) return 1;
    if (hk_isa_current() == HK_ISA_AMX) replace(hk_kernels_current());
    return 0;
}

const hk_kernels *hk_kernels_with_tiles(void) {
    if (hk_isa_current() == HK_ISA_AMX) hk_tiles_permitted();
    return hk_kernels_current();
}

hk_dense_narrow_fn *hk_fast_bf16(const hk_kernels *kernels) {
    const uint32_t features = hk_features_usable();
    (void)features, (void)kernels;
#if defined __x86_64__
    const int amx = kernels == &hk_kernels_amx;
    if (amx && features & HK_FEATURE_AMX_BF16 && features & HK_FEATURE_OS_TILE) return hk_dense_fast_bf16_amx;
    if ((amx || kernels == &hk_kernels_avx512_vnni) && features & HK_FEATURE_AVX512_BF16)
        return hk_dense_fast_bf16_avx512_bf16;
#elif defined __aarch64__
    if ((kernels == &hk_kernels_neon_dot || kernels == &hk_kernels_neon_i8mm) && features & HK_FEATURE_BF16)
        return hk_dense_fast_bf16_neon_bf16;
#endif
    return NULL;
}

hk_dense_narrow_fn *hk_fast_bf16_permitted(const hk_kernels *kernels) {
#if defined __x86_64__
    if (hk_fast_bf16(kernels) == hk_dense_fast_bf16_amx) hk_tiles_permitted();
#endif
    return hk_fast_bf16(kernels); /* where tiles are refused there may be others */
}

static const hk_level *level_of(hk_isa isa) {
    const uint32_t features = hk_features_usable();
    for (size_t i = hk_level_count; i-- > 0;)
        if (hk_levels[i].isa == isa && !(hk_isa_needs(hk_levels[i].isa) & ~features)) return &hk_levels[i];
    return NULL;
}

const hk_kernels *hk_kernels_of(hk_isa isa) {
    const hk_level *level = level_of(isa);
    return level ? level->kernels : NULL;
}

hk_isa hk_isa_current(void) {
    const hk_kernels *now = hk_kernels_current();
    size_t i = hk_level_count;
    while (--i && hk_levels[i].kernels != now) {
    }
    return hk_levels[i].isa;
}

int hk_isa_supported(hk_isa isa) { return level_of(isa) != NULL; }

hk_status hk_isa_force(hk_isa isa) {
    const hk_level *level = level_of(isa);
    if (!level) return HK_UNSUPPORTED;
    atomic_store_explicit(&hk_kernels_published, level->kernels, memory_order_release);
    return HK_OK;
}

static int in_build(hk_isa isa) {
    for (size_t i = 0; i < hk_level_count; i++)
        if (hk_levels[i].isa == isa) return 1;
    return 0;
}

size_t hk_isa_missing(hk_isa isa, char *text, size_t size) {
    char all[256] = "";
    const uint32_t missing = hk_isa_needs(isa) & ~hk_features_usable();
    if ((unsigned)isa >= NAME_COUNT) {
        strcpy(all, "unknown level");
    } else {
        for (int i = 0; i < HK_FEATURE_COUNT; i++)
            if (missing >> i & 1) strcat(strcat(all, *all ? " " : ""), hk_feature_name((uint32_t)1 << i));
        if (!missing && !in_build(isa)) strcpy(all, "not in this build");
    }
    if (size) snprintf(text, size, "%s", all);
    return strlen(all);
}
