/* Detection: recorded processors, and every bit cleared in turn.
 *
 * The CPUID values are copied from public records, named beside each. Those records show which states of XCR0 a
 * processor supports (leaf 0xD), and that the running system had enabled XSAVE; XCR0 here is that mask. The Arm values
 * are the /proc/cpuinfo flags of public records as bits of Linux's arch/arm64/include/uapi/asm/hwcap.h. */
#include "support.h"

#include "cpu.h"
#include "dispatch.h"

typedef struct x86_record {
    const char *name, *source;
    hk_x86_registers r;
    hk_isa best;       /* the best level of the whole list */
    const char *table; /* the table that an x86-64 build chooses */
} x86_record;

#define LIBVIRT(file, commit) "github.com/libvirt/libvirt tests/cputestdata/" file " at " commit
static const x86_record x86[] = {
    {"Haswell i5-4670T",
     LIBVIRT("x86-cpuid-Core-i5-4670T.xml", "1354cf151e7a"),
     {0xd, 0x7ffafbff, 0, 0x00002fbb, 0, 0, 0, 0x7},
     HK_ISA_AVX2,
     "avx2"},
    {"Skylake-SP Xeon Gold 6130 (the server form of Skylake-X)",
     LIBVIRT("x86_64-cpuid-Xeon-Gold-6130.xml", "3714779b15e5"),
     {0x16, 0x7ffefbff, 0, 0xd39ffffb, 0x00000018, 0x9c002400, 0, 0x2ff},
     HK_ISA_AVX512,
     "avx512"},
    {"Cascade Lake Xeon Platinum 8268",
     LIBVIRT("x86_64-cpuid-Xeon-Platinum-8268.xml", "8904492e2153"),
     {0x16, 0x7ffefbff, 0, 0xd39ffffb, 0x00000818, 0xbc000400, 0, 0x2ff},
     HK_ISA_AVX512_VNNI,
     "avx512_vnni"},
    {"Ice Lake i7-1065G7",
     "github.com/InstLatx64/InstLatx64 GenuineIntel/GenuineIntel00706E5_IceLakeY_CPUID.txt at ddff8a9210c9",
     {0x1b, 0x7ffafbbf, 0, 0xf2bf27ef, 0x40405f4e, 0xbc000410, 0, 0x2e7},
     HK_ISA_AVX512_VNNI,
     "avx512_vnni"},
    {"Ice Lake server",
     LIBVIRT("x86_64-cpuid-Ice-Lake-Server.xml", "6b4cc15730e5"),
     {0x1b, 0x7ffefbff, 0, 0xf3bfffff, 0x40417f5e, 0xbc000012, 0, 0x2e7},
     HK_ISA_AVX512_VNNI,
     "avx512_vnni"},
    {"Sapphire Rapids Xeon w7-3465X",
     LIBVIRT("x86_64-cpuid-Xeon-w7-3465X.xml", "91878efb5729"),
     {0x20, 0x7ffefbff, 2, 0xf3bfb7eb, 0xbb417ffe, 0xffdd4430, 0x00001c30, 0x602e7},
     HK_ISA_AMX,
     "amx"},
    {"Alder Lake i7-1270P, AVX-512 fused off",
     LIBVIRT("x86_64-cpuid-Core-i7-1270P.xml", "c976bf9be78e"),
     {0x20, 0x7ffafbff, 2, 0x239c27eb, 0x98c027bc, 0xfc1cc410, 0x00400810, 0x207},
     HK_ISA_AVX2_VNNI,
     "avx2_vnni"},
    {"Zen 2 EPYC 7502",
     LIBVIRT("x86_64-cpuid-EPYC-7502-32-Core.xml", "e06590f1708a"),
     {0x10, 0x7ed8320b, 0, 0x219c91a9, 0x00400004, 0, 0, 0x207},
     HK_ISA_AVX2,
     "avx2"},
    {"Zen 4 EPYC 9334",
     LIBVIRT("x86_64-cpuid-EPYC-9334-32-Core.xml", "9d518cd0fe90"),
     {0x10, 0x7efa320b, 1, 0xf1bf97a9, 0x00415fde, 0x10000010, 0x00000020, 0x2e7},
     HK_ISA_AVX512_VNNI,
     "avx512_vnni"},
    {"VirtualBox guest: AVX and AVX2 announced, OSXSAVE clear",
     "VirtualBox 6.1.16 guest log in an Ubuntu forum thread, 'Vbox 6.1 Black Screen on Startup Ubuntu 20.04'",
     {0x16, 0xd6fa2203, 0, 0x00842421, 0, 0x10000400, 0, 0},
     HK_ISA_SCALAR,
     "scalar"},
    /* No public record shows the value of XCR0 itself with states masked. The next three are the records above with the
       masks that the issues describe. */
    {"a VM with AVX masked in XCR0 (constructed: Cascade Lake above)",
     "the situation of github.com/ashvardanian/NumKong/issues/263 and github.com/xtensor-stack/xsimd/issues/1025",
     {0x16, 0x7ffefbff, 0, 0xd39ffffb, 0x00000818, 0xbc000400, 0, 0x3},
     HK_ISA_SCALAR,
     "scalar"},
    {"an operating system without ZMM state (constructed: Ice Lake above)",
     "the situation of github.com/simdutf/simdutf/issues/242",
     {0x1b, 0x7ffafbbf, 0, 0xf2bf27ef, 0x40405f4e, 0xbc000410, 0, 0x7},
     HK_ISA_AVX2,
     "avx2"},
    {"an operating system without tile state (constructed: Sapphire Rapids above)",
     "as above",
     {0x20, 0x7ffefbff, 2, 0xf3bfb7eb, 0xbb417ffe, 0xffdd4430, 0x00001c30, 0x2e7},
     HK_ISA_AVX512_VNNI,
     "avx512_vnni"},
};

typedef struct arm_record {
    const char *name, *source;
    hk_arm_registers r;
    hk_isa best;
} arm_record;
static const arm_record arm[] = {
    {"Neoverse N1 (Ampere Altra)",
     "AT_HWCAP 10119FFF as 7-Zip's benchmark prints it on an Oracle Ampere A1",
     {0x10119fff, 0},
     HK_ISA_NEON_DOT},
    {"Graviton 3 (Neoverse V1)",
     "Features line of /proc/cpuinfo, Linux kernel mailing list",
     {0xdfffffff, 0x1f201},
     HK_ISA_NEON_I8MM},
    {"Apple M1", "Features line of /proc/cpuinfo under Asahi Linux", {0xffb3ffff, 0x181}, HK_ISA_NEON_DOT},
};
#define COUNT(array) (sizeof array / sizeof *array)

static const hk_isa x86_order[] = {HK_ISA_SCALAR, HK_ISA_AVX2,        HK_ISA_AVX2_VNNI,
                                   HK_ISA_AVX512, HK_ISA_AVX512_VNNI, HK_ISA_AMX};
static const hk_isa arm_order[] = {HK_ISA_SCALAR, HK_ISA_NEON, HK_ISA_NEON_DOT, HK_ISA_NEON_I8MM};

static hk_isa best_of(const hk_isa *order, size_t count, uint32_t features) {
    hk_isa best = HK_ISA_SCALAR;
    for (size_t i = 0; i < count; i++)
        if (!(hk_isa_needs(order[i]) & ~features)) best = order[i];
    return best;
}

static void test_x86_records(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(x86); i++) {
        const uint32_t features = hk_features_x86(&x86[i].r);
        if (best_of(x86_order, COUNT(x86_order), features) != x86[i].best)
            fail_msg("%s (%s): best level is not %s", x86[i].name, x86[i].source, hk_isa_name(x86[i].best));
#if defined __x86_64__
        assert_string_equal(hk_level_choose(features, NULL)->kernels->level, x86[i].table);
#endif
    }
}

static void test_arm_records(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(arm); i++) {
        const uint32_t features = hk_features_arm(&arm[i].r);
        if (best_of(arm_order, COUNT(arm_order), features) != arm[i].best)
            fail_msg("%s (%s): best level is not %s", arm[i].name, arm[i].source, hk_isa_name(arm[i].best));
#if defined __aarch64__
        assert_string_equal(hk_level_choose(features, NULL)->kernels->level, hk_isa_name(arm[i].best));
#endif
    }
}

/* What each level needs, by Intel's manual (volume 1, chapters 13 to 18) and not by the library's list. */
static int may_use(hk_isa isa, const hk_x86_registers *r) {
    const uint64_t ymm = 0x6, zmm = 0xe0, tile = 0x60000;
    const uint32_t c = r->leaf1_ecx, b = r->leaf7_ebx;
    if (isa == HK_ISA_SCALAR) return 1;
    if (r->max_leaf < 7 || !(c >> 27 & 1) || (r->xcr0 & ymm) != ymm) return 0;
    if (!(c >> 28 & 1) || !(c >> 12 & 1) || !(c >> 29 & 1) || !(b >> 5 & 1)) return 0;
    if (isa == HK_ISA_AVX2) return 1;
    if (isa == HK_ISA_AVX2_VNNI) return r->leaf7_eax >= 1 && r->leaf7_1_eax >> 4 & 1;
    if (!(b >> 8 & 1)) return 0; /* bmi2 */
    if ((r->xcr0 & zmm) != zmm || !(b >> 16 & 1) || !(b >> 17 & 1) || !(b >> 30 & 1) || !(b >> 31 & 1)) return 0;
    if (isa == HK_ISA_AVX512) return 1;
    if (!(r->leaf7_ecx >> 11 & 1)) return 0;
    if (isa == HK_ISA_AVX512_VNNI) return 1;
    return (r->xcr0 & tile) == tile && r->leaf7_edx >> 24 & 1 && r->leaf7_edx >> 25 & 1;
}

static void check_x86(const hk_x86_registers *r, const char *name) {
    const uint32_t features = hk_features_x86(r);
    for (size_t i = 0; i < COUNT(x86_order); i++) {
        const hk_isa isa = x86_order[i];
        const int chosen = !(hk_isa_needs(isa) & ~features);
        if (chosen != may_use(isa, r))
            fail_msg("%s: level %s is %s wrongly", name, hk_isa_name(isa), chosen ? "allowed" : "refused");
    }
#if defined __x86_64__
    const hk_level *level = hk_level_choose(features, NULL);
    assert_true(may_use(level->isa, r));
#endif
}

/* Instructions for bf16: in Sapphire Rapids (both), Zen 4 and Graviton 3, not in Ice Lake. */
static void test_bf16(void **state) {
    (void)state;
    const uint32_t both = HK_FEATURE_AMX_BF16 | HK_FEATURE_AVX512_BF16;
    for (size_t i = 0; i < COUNT(x86); i++) {
        const uint32_t expected = strstr(x86[i].name, "Sapphire") ? both
                                  : strstr(x86[i].name, "Zen 4")  ? HK_FEATURE_AVX512_BF16
                                                                  : 0;
        assert_int_equal(hk_features_x86(&x86[i].r) & both, expected);
    }
    for (size_t i = 0; i < COUNT(arm); i++)
        assert_int_equal((hk_features_arm(&arm[i].r) & HK_FEATURE_BF16) != 0,
                         strstr(arm[i].name, "Graviton 3") != NULL);
}

/* Each bit of each register of each record cleared, and set, in turn. */
static void test_every_bit(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(x86); i++) {
        hk_x86_registers r = x86[i].r;
        uint32_t *const words[] = {&r.max_leaf,  &r.leaf1_ecx, &r.leaf7_eax,  &r.leaf7_ebx,
                                   &r.leaf7_ecx, &r.leaf7_edx, &r.leaf7_1_eax};
        check_x86(&r, x86[i].name);
        for (size_t w = 0; w < COUNT(words); w++)
            for (int bit = 0; bit < 32; bit++) {
                *words[w] ^= (uint32_t)1 << bit;
                check_x86(&r, x86[i].name);
                *words[w] ^= (uint32_t)1 << bit;
            }
        for (int bit = 0; bit < 64; bit++) {
            r.xcr0 ^= (uint64_t)1 << bit;
            check_x86(&r, x86[i].name);
            r.xcr0 ^= (uint64_t)1 << bit;
        }
    }
    for (size_t i = 0; i < COUNT(arm); i++)
        for (int bit = 0; bit < 128; bit++) {
            hk_arm_registers r = arm[i].r;
            *(bit < 64 ? &r.hwcap : &r.hwcap2) &= ~((uint64_t)1 << bit % 64);
            const uint32_t features = hk_features_arm(&r);
            const hk_isa best = best_of(arm_order, COUNT(arm_order), features);
            assert_true(best == HK_ISA_SCALAR || r.hwcap >> 1 & 1);
            assert_true(best < HK_ISA_NEON_DOT || r.hwcap >> 20 & 1);
            assert_true(best != HK_ISA_NEON_I8MM || r.hwcap2 >> 13 & 1);
        }
}

/* The scalar level's f64 activations call functions of FMA instructions unless the processor has none. */
static void test_scalar_without_fma(void **state) {
    (void)state;
#if defined __x86_64__
    hk_x86_registers r = x86[0].r;
    assert_true(hk_fma_in(hk_features_x86(&r)));
    assert_ptr_equal(hk_level_choose(hk_features_x86(&r), "scalar")->kernels, &hk_kernels_scalar);
    r.leaf1_ecx &= ~(uint32_t)(1 << 12);
    assert_false(hk_fma_in(hk_features_x86(&r)));
    assert_ptr_equal(hk_level_choose(hk_features_x86(&r), NULL)->kernels, &hk_kernels_scalar);
    r = x86[0].r;
    r.xcr0 = 3;
    assert_false(hk_fma_in(hk_features_x86(&r)));
    assert_ptr_equal(hk_level_choose(hk_features_x86(&r), NULL)->kernels, &hk_kernels_scalar);
    assert_int_equal(hk_fma_here(), !without_fma());
#endif
}

static void test_limits(void **state) {
    (void)state;
#if defined __x86_64__
    static const struct {
        const char *limit, *level;
    } limits[] = {
        {NULL, "amx"},        {"scalar", "scalar"},
        {"avx2", "avx2"},     {"avx2_vnni", "avx2_vnni"},
        {"avx512", "avx512"}, {"avx512_vnni", "avx512_vnni"},
        {"amx", "amx"},       {"neon", "amx"},
        {"AVX2", "amx"},      {"", "amx"},
    };
    const uint32_t features = hk_features_x86(&x86[5].r);
#else
    static const struct {
        const char *limit, *level;
    } limits[] = {
        {NULL, "neon_i8mm"},      {"scalar", "scalar"},  {"neon", "neon"},
        {"neon_dot", "neon_dot"}, {"avx2", "neon_i8mm"}, {"?", "neon_i8mm"},
    };
    const uint32_t features = hk_features_arm(&arm[1].r);
#endif
    for (size_t i = 0; i < COUNT(limits); i++)
        assert_string_equal(hk_level_choose(features, limits[i].limit)->kernels->level, limits[i].level);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_x86_records), cmocka_unit_test(test_arm_records),        cmocka_unit_test(test_bf16),
        cmocka_unit_test(test_every_bit),   cmocka_unit_test(test_scalar_without_fma), cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
