/* The inner loops of the dot products of bf16 and i8 alone, as instructions: a compiler's order of them varies by a
   fifth. Eight blocks of 64 bytes a round, each into sums of its own, so that none waits for another. */
#include "limits.h"

#include <string.h>

#if defined __x86_64__

#define EACH_BLOCK(X)                                                                                                  \
    X(0, 8, 16) X(64, 9, 17) X(128, 10, 18) X(192, 11, 19) X(256, 12, 20) X(320, 13, 21) X(384, 14, 22) X(448, 15, 23)
#define SUMS                                                                                                           \
    "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", \
        "xmm21", "xmm22", "xmm23"
#define BEGIN "mov %[pattern], %%eax\n vpbroadcastd %%eax, %%zmm0\n"
#define AGAIN "add $512, %[a]\n add $512, %[b]\n sub $512, %[bytes]\n ja 1b\n vzeroupper\n"
#define ROUNDS(block)                                                                                                  \
    __asm__ volatile(BEGIN EACH_BLOCK(ZERO) ".p2align 5\n 1:\n" EACH_BLOCK(block) AGAIN                                \
                     : [a] "+r"(a), [b] "+r"(b), [bytes] "+r"(bytes)                                                   \
                     : [pattern] "i"(PATTERN)                                                                          \
                     : "eax", "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", SUMS)
#define LOOP static __attribute__((target("avx512f"))) void /* whose registers the compiler then knows */

#define ZERO(at, s, t) "vpxord %%zmm" #s ", %%zmm" #s ", %%zmm" #s "\n vpxord %%zmm" #t ", %%zmm" #t ", %%zmm" #t "\n"
#define I8(at, s, t)                                                                                                   \
    "vmovdqu64 " #at "(%[b]), %%zmm1\n vpxord " #at "(%[a]), %%zmm0, %%zmm2\n"                                         \
    "vpdpbusd %%zmm1, %%zmm0, %%zmm" #s "\n vpdpbusd %%zmm1, %%zmm2, %%zmm" #t "\n"
#define BF16(at, s, t)                                                                                                 \
    "vmovdqu64 " #at "(%[a]), %%zmm1\n vmovdqu64 " #at "(%[b]), %%zmm2\n vpslld $16, %%zmm1, %%zmm3\n"                 \
    "vpslld $16, %%zmm2, %%zmm4\n vpandd %%zmm0, %%zmm1, %%zmm1\n vpandd %%zmm0, %%zmm2, %%zmm2\n"                     \
    "vfmadd231ps %%zmm3, %%zmm4, %%zmm" #s "\n vfmadd231ps %%zmm1, %%zmm2, %%zmm" #t "\n"

LOOP i8_loop(const void *a, const void *b, size_t bytes) {
    enum { PATTERN = (int)0x80808080 };
    ROUNDS(I8);
}
LOOP bf16_loop(const void *a, const void *b, size_t bytes) {
    enum { PATTERN = (int)0xffff0000 };
    ROUNDS(BF16);
}

limit_dot *limit_dot_of(const char *name) {
    if (!__builtin_cpu_supports("avx512vnni")) return NULL;
    return !strcmp(name, "dot_i8") ? i8_loop : !strcmp(name, "dot_bf16") ? bf16_loop : NULL;
}

#else

limit_dot *limit_dot_of(const char *name) {
    (void)name;
    return NULL;
}

#endif
