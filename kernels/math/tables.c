/* The tables of the piecewise polynomials, made by tools/coefficients/piecewise.sollya. Columns: the interval whose
 * index is the column modulo 8. Named are the coefficients of a row; the second of two is in the last half of its
 * words. The errors are log2 of the largest relative error on each interval, from 0 up; those of the fast gates, which
 * count absolutely, are relative too. The largest errors of the functions are in docs/accuracy.md. */
#include "tables.h"

/* tanh a; v in [1, 16), a < 9.02. Errors -30.3, -30.2, -29.6, -31.3, -28.3, -31.5, -29.0, -28.2. */
const float hk_table_tanh[8][8] = {
    {0x1.d37838p-1f, 0x1.7c74f2p0f, 0x1.367184p1f, 0x1.d56df4p1f, 0x1.75694cp2f, 0x1.03626p3f, 0.0f,
     0x1.da78bap-2f}, /* centre, c8 */
    {0x1.71f63cp-1f, 0x1.ce23a2p-1f, 0x1.f80d26p-1f, 0x1.ff5516p-1f, 0x1.fffdc2p-1f, 0x1.fffffap-1f, 0.0f,
     0x1.bb32f4p-2f}, /* c0 */
    {0x1.e9583ap-2f, 0x1.7b76bcp-3f, 0x1.f8c3b8p-6f, 0x1.559af6p-9f, 0x1.1f145p-15f, 0x1.8720bp-22f, 0.0f,
     0x1.a016d4p-1f}, /* c1 */
    {-0x1.619764p-2f, -0x1.568294p-3f, -0x1.f0edfap-6f, -0x1.552968p-9f, -0x1.1f311p-15f, -0x1.c575cp-22f,
     -0x1.2f082p-23f, -0x1.682d2ap-2f}, /* c2 */
    {0x1.7189aep-4f, 0x1.6d55f4p-4f, 0x1.40f14cp-6f, 0x1.c5b1bap-10f, 0x1.7cf8b2p-16f, 0x1.f1d9a8p-23f, -0x1.55530ep-2f,
     -0x1.e607bcp-4f}, /* c3 */
    {0x1.98d142p-5f, -0x1.95a21cp-6f, -0x1.2c97b2p-7f, -0x1.c345cp-11f, -0x1.7d286cp-17f, 0x1.f9acbp-26f,
     -0x1.7314bp-13f, 0x1.594edcp-3f}, /* c4 */
    {-0x1.c7070cp-5f, -0x1.ad8a02p-9f, 0x1.a31d7ap-9f, 0x1.652ec6p-12f, 0x1.478894p-18f, 0x1.c609e6p-24f,
     0x1.14661ap-3f, -0x1.ee598ap-7f}, /* c5 */
    {0x1.047818p-6f, 0x1.e97704p-8f, -0x1.926edp-11f, -0x1.d27004p-14f, -0x1.7e6858p-20f, -0x1.f366aap-24f,
     -0x1.d97a4cp-8f, -0x1.d8792ep-5f}, /* c6, c7 */
};

/* tanh a for HK_FAST; v in [1.09375, 16), a < 9.02. Errors -23.6, -27.4, -23.0, -25.2, -23.9, -25.4, -23.3, -28.6. */
const float hk_table_tanh_fast[6][8] = {
    {0x1.ae782p-1f, 0x1.7e7816p0f, 0x1.23747p1f, 0x1.d1721ep1f, 0x1.616d34p2f, 0x1.f1662cp2f, 0.0f,
     0x1.817b12p-2f}, /* centre, c6 */
    {0x1.5f571ep-1f, 0x1.cee12ep-1f, 0x1.f5559ep-1f, 0x1.ff4a1ep-1f, 0x1.fffbdp-1f, 0x1.fffff4p-1f, 0.0f,
     0x1.703f76p-2f}, /* c0 */
    {0x1.0ee824p-1f, 0x1.761cd4p-3f, 0x1.51be48p-5f, 0x1.6b88d8p-9f, 0x1.0ca2d2p-14f, 0x1.7d682ap-21f, 0x1p0f,
     0x1.bdc93p-1f}, /* c1 */
    {-0x1.73cccp-2f, -0x1.52378p-3f, -0x1.4ab642p-5f, -0x1.6b179ap-9f, -0x1.0f7108p-14f, -0x1.76dfaap-21f,
     0x1.32edd6p-17f, -0x1.409fd8p-2f}, /* c2 */
    {0x1.29b57cp-4f, 0x1.6a3728p-4f, 0x1.a688a4p-6f, 0x1.e1c2d4p-10f, 0x1.5c2236p-15f, 0x1.f04e3ap-22f, -0x1.55abfp-2f,
     -0x1.6bc896p-3f}, /* c3 */
    {0x1.237ae4p-4f, -0x1.9976cp-6f, -0x1.8276f6p-7f, -0x1.dc739p-11f, -0x1.3c6e5ap-16f, -0x1.0667f6p-22f,
     0x1.d07beep-9f, 0x1.58792ep-3f}, /* c4, c5 */
};

/* erf a; v in [1, 16), a < 3.95. Errors -30.1, -30.0, -30.3, -29.9, -30.4, -29.9, -27.6, -28.8. */
const float hk_table_erf[8][8] = {
    {0x1.86787ep-2f, 0x1.4e777cp-1f, 0x1.137752p0f, 0x1.8d7534p0f, 0x1.2e7444p1f, 0x1.ad70bp1f, 0.0f,
     0x1.90780cp-3f}, /* centre, c8 */
    {0x1.a424e8p-2f, 0x1.49f2f4p-1f, 0x1.be6d5ep-1f, 0x1.f19acap-1f, 0x1.ff92dap-1f, 0x1.ffffbap-1f, 0.0f,
     0x1.be2fd4p-3f}, /* c0 */
    {0x1.f38c28p-1f, 0x1.790b8p-1f, 0x1.6aff1ap-2f, 0x1.9eea7ep-4f, 0x1.160908p-8f, 0x1.e97e26p-17f, 0x1.06eba8p-3f,
     0x1.160744p0f}, /* c1 */
    {-0x1.7cf95ap-2f, -0x1.ec9cep-2f, -0x1.869932p-2f, -0x1.4217ep-3f, -0x1.487ac8p-7f, -0x1.9c0e6ep-15f,
     0x1.1825eep-21f, -0x1.b2edcep-3f}, /* c2 */
    {-0x1.d85b4ep-3f, -0x1.26adbep-5f, 0x1.3e671cp-3f, 0x1.083a12p-3f, 0x1.d70114p-7f, 0x1.b7515cp-14f, -0x1.81337p-2f,
     -0x1.565334p-2f}, /* c3 */
    {0x1.581886p-3f, 0x1.60536p-3f, 0x1.6455cep-5f, -0x1.86f1aep-5f, -0x1.bf2e3cp-7f, -0x1.4920bap-13f, 0x1.8af0b6p-10f,
     0x1.a8556ep-4f}, /* c4 */
    {0x1.606f68p-5f, -0x1.11fb9ap-5f, -0x1.0bcde2p-4f, -0x1.28ba1cp-7f, 0x1.1aad6ap-7f, 0x1.78426ep-13f, 0x1.73b3fep-4f,
     0x1.41d39p-4f}, /* c5 */
    {-0x1.a678bcp-5f, -0x1.23784ap-5f, 0x1.84788ap-7f, 0x1.1b7762p-6f, -0x1.97722ep-9f, -0x1.64720ap-13f,
     0x1.317d9ep-3f, -0x1.ce7fc6p-5f}, /* c6, c7 */
};

/* Phi(-a) e^(a^2 / 2); v in [1, 16), a < 15. Errors -30.8, -30.9, -28.8, -29.6, -27.9, -30.1, -27.8, -29.1. */
const float hk_table_normal_tail[8][8] = {
    {0x1.886fc6p0f, 0x1.3c6cb4p1f, 0x1.046916p2f, 0x1.7e6516p2f, 0x1.1a6074p3f, 0x1.9e5c0ap3f, 0x1.e47446p-3f,
     0x1.90726cp-1f}, /* centre, c8 */
    {0x1.9f6c6ap-3f, 0x1.2413f4p-3f, 0x1.7cc832p-4f, 0x1.0a6514p-4f, 0x1.6dc60ap-5f, 0x1.f5d286p-6f, 0x1.ac11dp-2f,
     0x1.2dcf88p-2f}, /* c0 */
    {-0x1.686a86p-4f, -0x1.7bfd62p-5f, -0x1.52cb1ap-6f, -0x1.5309d4p-7f, -0x1.43970cp-8f, -0x1.3271ap-9f,
     -0x1.3341dp-2f, -0x1.58ed7cp-3f}, /* c1 */
    {0x1.165852p-5f, 0x1.c9e71ap-7f, 0x1.2136aep-8f, 0x1.a5b9dap-10f, 0x1.1af756p-11f, 0x1.7425bp-13f, 0x1.636356p-3f,
     0x1.4dd86ep-4f}, /* c2 */
    {-0x1.88303ep-7f, -0x1.02a994p-8f, -0x1.dbb36ap-11f, -0x1.00b4cp-12f, -0x1.e95cf8p-15f, -0x1.c16de6p-17f,
     -0x1.61a186p-4f, -0x1.1dd54ap-5f}, /* c3 */
    {0x1.0019d4p-8f, 0x1.14636ep-10f, 0x1.7a3688p-13f, 0x1.3238ep-15f, 0x1.a275aap-18f, 0x1.0de0cp-20f, 0x1.398c74p-5f,
     0x1.bc291ep-7f}, /* c4 */
    {-0x1.395a42p-10f, -0x1.1901d8p-12f, -0x1.2307d2p-15f, -0x1.660ae4p-18f, -0x1.61751p-21f, -0x1.41a542p-24f,
     -0x1.fa8eecp-7f, -0x1.3df4b8p-8f}, /* c5 */
    {0x1.69719cp-12f, 0x1.116f08p-14f, 0x1.af6b5p-18f, 0x1.9b67e8p-21f, 0x1.2b640ap-24f, 0x1.7f5fecp-28f,
     0x1.7b7608p-8f, 0x1.a7742cp-10f}, /* c6, c7 */
};

/* log1p(e^-a) e^a; v in [1, 16), a < 17.5. Errors -32.9, -30.6, -29.1, -31.0, -28.1, -27.9, -28.1, -29.4. */
const float hk_table_softplus_tail[7][8] = {
    {0x1.c7692cp0f, 0x1.756dbep1f, 0x1.2c68bcp2f, 0x1.c26784p2f, 0x1.5a62bep3f, 0x1.e85c06p3f, 0x1.1c6f1ap-2f,
     0x1.ca70dep-1f}, /* centre, c7 */
    {0x1.d91aa8p-1f, 0x1.f2a306p-1f, 0x1.fdabeap-1f, 0x1.ffc67ap-1f, 0x1.fffeb2p-1f, 0x1.fffffcp-1f, 0x1.7d247p-1f,
     0x1.ad516cp-1f}, /* c0 */
    {0x1.186e4p-4f, 0x1.9cde8ep-6f, 0x1.283d3p-8f, 0x1.cbec2p-12f, 0x1.4dbb72p-17f, 0x1.f9e146p-24f, 0x1.67427ep-3f,
     0x1.07305p-3f}, /* c1 */
    {-0x1.c37128p-6f, -0x1.808144p-7f, -0x1.24a64cp-9f, -0x1.cb7c24p-13f, -0x1.4e0042p-18f, -0x1.d5891p-25f,
     -0x1.1dfaeap-5f, -0x1.3cfc64p-5f}, /* c2 */
    {0x1.65ec74p-8f, 0x1.b96b4p-9f, 0x1.7cb6bp-11f, 0x1.31932cp-14f, 0x1.c14a4ep-20f, 0x1.51c5c4p-26f, -0x1.88f73p-8f,
     0x1.8d1162p-10f}, /* c3 */
    {0x1.2272acp-15f, -0x1.3761f8p-11f, -0x1.6a5dd6p-13f, -0x1.2e79b2p-16f, -0x1.b94b3p-22f, -0x1.d03b42p-28f,
     0x1.b2e9f8p-9f, 0x1.3a44eap-9f}, /* c4 */
    {-0x1.6c7176p-12f, 0x1.106f3p-15f, 0x1.056d08p-15f, 0x1.df6a5cp-19f, 0x1.41650cp-24f, 0x1.065bb4p-30f,
     0x1.e5731cp-14f, -0x1.2f711cp-11f}, /* c5, c6 */
};

/* Phi(-a); four intervals per octave, v in [1, 4), a < 5.2. Errors -26.7, -25.5, -24.9, -25.7, -14.5, -11.1, -6.7, 0.
 */
const float hk_table_gelu_fast[6][8] = {
    {0x1.47737ap1f, 0x1.cc7234p1f, 0x1.286ecep2f, 0.0f, 0x1.d07608p-3f, 0x1.a0768ep-1f, 0x1.447356p0f,
     0x1.d7756cp0f}, /* centre, c6 */
    {0x1.58c246p-8f, 0x1.513d94p-13f, 0x1.e6a06ap-20f, 0.0f, 0x1.a4243ap-2f, 0x1.a9f848p-3f, 0x1.a3e052p-4f,
     0x1.0c679ap-5f}, /* c0 */
    {-0x1.efb9eep-7f, -0x1.440a16p-11f, -0x1.2632a6p-17f, 0.0f, -0x1.8e2532p-2f, -0x1.257426p-2f, -0x1.6df80ap-3f,
     -0x1.2bc53ep-4f}, /* c1 */
    {0x1.3d11b4p-6f, 0x1.234c6ap-10f, 0x1.53baf8p-16f, 0.0f, 0x1.692db8p-5f, 0x1.dd6534p-4f, 0x1.cfd27p-4f,
     0x1.1408a4p-4f}, /* c2 */
    {-0x1.ca7f54p-7f, -0x1.4216bap-10f, -0x1.ef1232p-16f, 0.0f, 0x1.f78d9p-5f, 0x1.08cf88p-6f, -0x1.27c88ep-6f,
     -0x1.ddf35cp-6f}, /* c3 */
    {0x1.75747cp-8f, 0x1.e574p-11f, 0x1.096fcap-15f, 0.0f, -0x1.63781cp-7f, -0x1.747542p-6f, -0x1.ae7786p-7f,
     0x1.2076d2p-9f}, /* c4, c5 */
};

/* 1 / (1 + e^v), v = 2 sqrt(2 / pi) (a + 0.044715 a^3); likewise. Errors -26.9, -26.3, -24.3, -25.7, -14.4, -9.3, -3.5,
 * 0. */
const float hk_table_gelu_tanh_fast[6][8] = {
    {0x1.4f736ep1f, 0x1.ce723ep1f, 0x1.306eccp2f, 0.0f, 0x1.dc760ap-3f, 0x1.92768p-1f, 0x1.487246p0f,
     0x1.d37556p0f}, /* centre, c6 */
    {0x1.13d1e8p-8f, 0x1.c65d1cp-14f, 0x1.f5298ap-23f, 0.0f, 0x1.a1d074p-2f, 0x1.ba6756p-3f, 0x1.994b2ap-4f,
     0x1.161dfep-5f}, /* c0 */
    {-0x1.a509d4p-7f, -0x1.f2a81p-12f, -0x1.94cbf2p-20f, 0.0f, -0x1.8d8eeep-2f, -0x1.2bac6ap-2f, -0x1.66d76cp-3f,
     -0x1.36419p-4f}, /* c1 */
    {0x1.197c86p-6f, 0x1.f6f516p-11f, 0x1.39c8b6p-18f, 0.0f, 0x1.73a9f4p-5f, 0x1.d783fp-4f, 0x1.ca2f52p-4f,
     0x1.196f7ep-4f}, /* c2 */
    {-0x1.a309d2p-7f, -0x1.316132p-10f, -0x1.2319f6p-17f, 0.0f, 0x1.f7275p-5f, 0x1.2abfe6p-6f, -0x1.362dd6p-6f,
     -0x1.d8568ep-6f}, /* c3 */
    {0x1.5d7486p-8f, 0x1.eb740ap-11f, 0x1.6b6ed4p-17f, 0.0f, -0x1.73781ep-7f, -0x1.787502p-6f, -0x1.92778cp-7f,
     0x1.ee76c6p-10f}, /* c4, c5 */
};
