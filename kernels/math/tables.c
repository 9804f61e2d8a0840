/* The tables of the piecewise polynomials, made by tools/coefficients/piecewise.sollya. Columns: the interval whose
 * index is the column modulo 8. The errors are log2 of the largest relative error on each interval, from 0 up; those of
 * the fast gates, which count absolutely, are relative too. Largest errors of the functions: tanh 0x1.33fd8cp-2, its
 * fast form 0x1.7293aep+2, erf 0x1.042326p-126, gelu -0x1.3c6d5ap+2, softplus -0x1.3347dap+5, the fast gates
 * -0x1.4ccccep+2 and 0x1.88752p+1 (docs/accuracy.md). */
#include "tables.h"

/* tanh a; v in [1, 16), a < 9.02. Errors -35.0, -28.5, -30.7, -31.2, -28.6, -34.0, -29.3, -35.4. */
const float hk_table_tanh[11][8] = {
    {0x1.d1f65ap-1f, 0x1.819b14p0f, 0x1.38d94p1f, 0x1.ca49a4p1f, 0x1.615d92p2f, 0x1.f7049ep2f, 0.0f,
     0x1.d411bp-2f}, /* centre */
    {0x1.713d72p-1f, 0x1.d00352p-1f, 0x1.f857a4p-1f, 0x1.ff349cp-1f, 0x1.fffbcep-1f, 0x1.fffff6p-1f, 0.0f,
     0x1.b5fb5ap-2f},                                   /* c0 */
    {0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0x1p0f, 0.0f}, /* slope */
    {0x1.eb6dcep-2f, 0x1.6de7eep-3f, 0x1.e66cd6p-6f, 0x1.96773p-9f, 0x1.0c7a1cp-14f, 0x1.3ffa1ap-21f, -0x1.f13b32p-36f,
     0x1.a2557cp-1f}, /* c1 */
    {-0x1.62679ep-2f, -0x1.4b9c8ap-3f, -0x1.df26d2p-6f, -0x1.95d5dp-9f, -0x1.0c6132p-14f, -0x1.3fc3dp-21f,
     0x1.a4c49ep-27f, -0x1.65db7ap-2f}, /* c2 */
    {0x1.6f1cd8p-4f, 0x1.651fdap-4f, 0x1.35d47p-6f, 0x1.0db84p-9f, 0x1.66529p-15f, 0x1.aad658p-22f, -0x1.55559p-2f,
     -0x1.f7465cp-4f}, /* c3 */
    {0x1.9f962cp-5f, -0x1.9a5aa8p-6f, -0x1.22e6aap-7f, -0x1.0c07bap-10f, -0x1.680472p-16f, -0x1.ad66f4p-23f,
     0x1.909278p-16f, 0x1.5a804cp-3f}, /* c4 */
    {-0x1.c96176p-5f, -0x1.39a17p-9f, 0x1.97c822p-9f, 0x1.a73d6cp-12f, 0x1.1a1f34p-17f, 0x1.513feap-24f, 0x1.106822p-3f,
     -0x1.c9f778p-7f}, /* c5 */
    {0x1.ffe5bep-7f, 0x1.c8601ap-8f, -0x1.8f7622p-11f, -0x1.139b58p-13f, -0x1.64583p-19f, -0x1.ac1af2p-26f,
     0x1.389926p-9f, -0x1.1c6b6p-4f}, /* c6 */
    {0x1.20cc62p-7f, -0x1.002bf2p-8f, 0x1.cf39bep-16f, 0x1.32f124p-15f, 0x1.f96acap-21f, 0x1.2d06dp-27f,
     -0x1.05cd04p-4f, 0x1.72cc84p-5f}, /* c7 */
    {-0x1.29d5cap-7f, 0x1.85f348p-11f, 0x1.7162ecp-14f, -0x1.0223ep-17f, -0x1.3ecb6p-22f, -0x1.68fb68p-29f,
     0x1.6db036p-6f, 0x1.16345p-2f}, /* c8 */
};

/* tanh a for HK_FAST; a < 9.3. Errors -25.6, -28.1, -23.8, -25.7, -24.8, -25.8, -23.9, -30.9. */
const float hk_table_tanh_fast[8][8] = {
    {0x1.eb21e8p-1f, 0x1.8b5376p0f, 0x1.35c284p1f, 0x1.d7a916p1f, 0x1.5f74f4p2f, 0x1.03af54p3f, 0.0f,
     0x1.d8fab4p-2f}, /* centre */
    {0x1.7ce594p-1f, 0x1.d35e84p-1f, 0x1.f7f778p-1f, 0x1.ff5afp-1f, 0x1.fffb8cp-1f, 0x1.fffffap-1f, 0.0f,
     0x1.b9fc4cp-2f}, /* c0 */
    {0x1.c945b8p-2f, 0x1.557be2p-3f, 0x1.fe19b4p-6f, 0x1.49f01ep-9f, 0x1.1e5c9p-14f, 0x1.81a80ap-22f, 0x1p0f,
     0x1.a09d1ap-1f}, /* c1 */
    {-0x1.54301cp-2f, -0x1.37b7c2p-3f, -0x1.f612c4p-6f, -0x1.4979fep-9f, -0x1.1c661ap-14f, -0x1.82fa1ep-22f,
     -0x1.86b22ep-19f, -0x1.67a492p-2f}, /* c2 */
    {0x1.927998p-4f, 0x1.558d02p-4f, 0x1.442786p-6f, 0x1.b54d4p-10f, 0x1.6cf9d2p-15f, 0x1.eb37f2p-23f, -0x1.55318cp-2f,
     -0x1.ea1688p-4f}, /* c3 */
    {0x1.36242cp-5f, -0x1.9f6914p-6f, -0x1.30116ep-7f, -0x1.b4e21ep-11f, -0x1.7f2064p-16f, -0x1.db999ep-24f,
     -0x1.11d108p-9f, 0x1.59775p-3f}, /* c4 */
    {-0x1.9a3e3ep-5f, -0x1.91f652p-10f, 0x1.a706ep-9f, 0x1.6d6abcp-12f, 0x1.80047p-17f, 0x1.04473ap-24f, 0x1.2dee9ep-3f,
     -0x1.c635aap-7f}, /* c5 */
    {0x1.e9be62p-7f, 0x1.895966p-8f, -0x1.68f758p-11f, -0x1.bda5cap-14f, -0x1.b12ff4p-19f, -0x1.7f6526p-26f,
     -0x1.6932cep-5f, -0x1.ce13f8p-5f}, /* c6 */
};

/* erf a; a < 3.95. Errors -42.5, -27.7, -29.2, -30.2, -31.4, -31.5, -27.8, -31.9. */
const float hk_table_erf[11][8] = {
    {0x1.911e8p-2f, 0x1.54d2aap-1f, 0x1.12442ap0f, 0x1.98bb02p0f, 0x1.29fd3ep1f, 0x1.b3956ap1f, 0.0f,
     0x1.9b98dcp-3f}, /* centre */
    {0x1.ae7ep-2f, 0x1.4e9782p-1f, 0x1.bd928p-1f, 0x1.f3bce4p-1f, 0x1.ff7dc6p-1f, 0x1.ffffcep-1f, 0.0f,
     0x1.ca4276p-3f},                                          /* c0 */
    {0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0x1.20dd76p0f, 0.0f}, /* slope */
    {0x1.ef8c4p-1f, 0x1.72ebecp-1f, 0x1.6eab16p-2f, 0x1.6930c8p-4f, 0x1.47763cp-8f, 0x1.61d122p-17f, -0x1.f7ac2cp-25f,
     0x1.156e14p0f}, /* c1 */
    {-0x1.843ad6p-2f, -0x1.edd2a6p-2f, -0x1.88d4c2p-2f, -0x1.2056cp-3f, -0x1.7d290ep-7f, -0x1.2d2138p-15f,
     -0x1.c8d542p-34f, -0x1.be0ec8p-3f}, /* c2 */
    {-0x1.c9f28p-3f, -0x1.c200e6p-6f, 0x1.3cb3e6p-3f, 0x1.ed6b56p-4f, 0x1.0c76fap-6f, 0x1.4782a2p-14f, -0x1.812746p-2f,
     -0x1.53eeb4p-2f}, /* c3 */
    {0x1.5c6afcp-3f, 0x1.5c2a2p-3f, 0x1.70fc6cp-5f, -0x1.93668ap-5f, -0x1.f241p-7f, -0x1.f95ep-14f, -0x1.99468cp-22f,
     0x1.c093b4p-4f}, /* c4 */
    {0x1.450e9ep-5f, -0x1.362f96p-5f, -0x1.0d1e86p-4f, -0x1.33383p-8f, 0x1.2fd0c6p-7f, 0x1.2256fcp-13f, 0x1.ce35d6p-4f,
     0x1.87b88ep-5f}, /* c5 */
    {-0x1.74060ep-5f, -0x1.8cc62cp-5f, 0x1.730202p-7f, 0x1.02cfdap-6f, -0x1.91ec42p-9f, -0x1.0cf7f4p-13f,
     -0x1.75f3ap-15f, -0x1.71790cp0f}, /* c6 */
    {0x1.43b8f2p-6f, 0x1.80d2ccp-5f, 0x1.8e4c78p-7f, -0x1.869ea4p-8f, -0x1.4c631p-12f, 0x1.ad4512p-14f, -0x1.b840eep-6f,
     0x1.88e3dcp2f}, /* c7 */
    {-0x1.47dc1cp-3f, 0x1.788e7ap-2f, -0x1.27afb6p-8f, -0x1.2b98c8p-9f, 0x1.51bc3ep-11f, -0x1.9fb2c6p-15f,
     0x1.8eba44p-10f, 0x1.5a1f22p7f}, /* c8 */
};

/* Phi(-a) e^(a^2 / 2); a < 15. Errors -30.0, -29.8, -30.3, -29.6, -28.6, -29.4, -27.8, -29.6. */
const float hk_table_normal_tail[10][8] = {
    {0x1.820084p0f, 0x1.3c17p1f, 0x1.f53d4p1f, 0x1.80d838p2f, 0x1.19ee72p3f, 0x1.a5616p3f, 0x1.0380e6p-2f,
     0x1.8390eap-1f}, /* centre */
    {0x1.a3ff56p-3f, 0x1.24539cp-3f, 0x1.8a2d16p-4f, 0x1.08c842p-4f, 0x1.6e565ep-5f, 0x1.ed8e46p-6f, 0x1.a6ef94p-2f,
     0x1.3233f2p-2f}, /* c0 */
    {-0x1.6f819cp-4f, -0x1.7c96dap-5f, -0x1.6a00d8p-6f, -0x1.4f09acp-7f, -0x1.4493a6p-8f, -0x1.287c58p-9f,
     -0x1.2d55fep-2f, -0x1.6176cap-3f}, /* c1 */
    {0x1.1ddc8p-5f, 0x1.caeb4ep-7f, 0x1.3e3fa8p-8f, 0x1.9e708cp-10f, 0x1.1c3f2ep-11f, 0x1.62407cp-13f, 0x1.5a922p-3f,
     0x1.58d8ap-4f}, /* c2 */
    {-0x1.9550d8p-7f, -0x1.036216p-8f, -0x1.0d094cp-10f, -0x1.f5d902p-13f, -0x1.ec4a22p-15f, -0x1.a4fe4ep-17f,
     -0x1.573a06p-4f, -0x1.2943b8p-5f}, /* c3 */
    {0x1.0a277ap-8f, 0x1.1545bp-10f, 0x1.b6eb3ep-13f, 0x1.29d3ap-15f, 0x1.a59226p-18f, 0x1.f19a56p-21f, 0x1.2f1cb8p-5f,
     0x1.d07ec2p-7f}, /* c4 */
    {-0x1.473888p-10f, -0x1.1a8848p-12f, -0x1.5a1832p-15f, -0x1.5ac476p-18f, -0x1.6470dep-21f, -0x1.241486p-24f,
     -0x1.e83238p-7f, -0x1.4e1d0ep-8f}, /* c5 */
    {0x1.7c52cap-12f, 0x1.1660d6p-14f, 0x1.0aef34p-17f, 0x1.88cd2ep-21f, 0x1.2dea2cp-24f, 0x1.5843ap-28f,
     0x1.63f8eap-8f, 0x1.e87222p-10f}, /* c6 */
    {-0x1.b61c06p-14f, -0x1.efb7eep-17f, -0x1.a5e9bp-20f, -0x1.c825dap-24f, -0x1.0e5f88p-27f, -0x1.acd07ap-32f,
     -0x1.dcdfd2p-10f, -0x1.599372p-11f}, /* c7 */
    {0x1.ceb498p-16f, 0x1.768312p-20f, 0x1.10640ap-22f, 0x1.39195ap-26f, 0x1.82d346p-31f, 0x1.8d6106p-36f,
     0x1.8c356p-10f, -0x1.08b574p-10f}, /* c8 */
};

/* log1p(e^-a) e^a; a < 17.5. Errors -31.6, -32.4, -30.0, -32.3, -28.9, -31.5, -28.3, -34.1. */
const float hk_table_softplus_tail[9][8] = {
    {0x1.c18864p0f, 0x1.71359cp1f, 0x1.2947a6p2f, 0x1.c04abep2f, 0x1.55956ep3f, 0x1.e7f602p3f, 0x1.1a7686p-2f,
     0x1.cb2adap-1f}, /* centre */
    {0x1.d84ab2p-1f, 0x1.f23476p-1f, 0x1.fd8e3cp-1f, 0x1.ffc48cp-1f, 0x1.fffe7cp-1f, 0x1.fffffcp-1f, 0x1.7cf82ap-1f,
     0x1.ad695p-1f}, /* c0 */
    {0x1.1da618p-4f, 0x1.a9b9ap-6f, 0x1.36e4f8p-8f, 0x1.db565p-12f, 0x1.83ce52p-17f, 0x1.001e02p-23f, 0x1.6788eap-3f,
     0x1.06f6bep-3f}, /* c1 */
    {-0x1.c99a7ep-6f, -0x1.8b8b7cp-7f, -0x1.32f152p-9f, -0x1.dac56ap-13f, -0x1.848f4p-18f, -0x1.013adap-24f,
     -0x1.1db22ap-5f, -0x1.3ceec6p-5f}, /* c2 */
    {0x1.659a1ap-8f, 0x1.c3b918p-9f, 0x1.8ed586p-11f, 0x1.3bbfe6p-14f, 0x1.044e28p-19f, 0x1.55964p-26f, -0x1.8a9ecp-8f,
     0x1.90b08ep-10f}, /* c3 */
    {0x1.3be43ep-14f, -0x1.3a0dbp-11f, -0x1.7a9118p-13f, -0x1.39e352p-16f, -0x1.fb487cp-22f, -0x1.4855eep-28f,
     0x1.b2d15ep-9f, 0x1.39a986p-9f}, /* c4 */
    {-0x1.79bcb8p-12f, 0x1.e44abcp-16f, 0x1.0f1feep-15f, 0x1.f156e6p-19f, 0x1.82fbc2p-24f, 0x1.0ecdccp-30f,
     0x1.d73666p-14f, -0x1.31526cp-11f}, /* c5 */
    {0x1.759f8ep-14f, 0x1.4ae176p-16f, -0x1.0de992p-18f, -0x1.52d4acp-21f, -0x1.46fe46p-26f, -0x1.cdc5d2p-33f,
     -0x1.208506p-12f, -0x1.04d372p-14f}, /* c6 */
    {0x1.202ff4p-25f, -0x1.c4e238p-18f, 0x1.b99f04p-23f, 0x1.7310cap-24f, 0x1.c1cde6p-29f, 0x1.d8fe5ep-36f,
     0x1.f1f95cp-15f, 0x1.2cb928p-14f}, /* c7 */
};

/* Phi(-a); four intervals per octave, v in [1, 4), a < 5.2. Errors -27.6, -27.4, -25.9, -27.5, -14.6, -11.7, -6.5, 0.
 */
const float hk_table_gelu_fast[8][8] = {
    {0x1.4cab7ep1f, 0x1.cd7eep1f, 0x1.2c2fdap2f, 0.0f, 0x1.071decp-2f, 0x1.9b2304p-1f, 0x1.49a4f4p0f,
     0x1.d372f4p0f}, /* centre */
    {0x1.3261b4p-8f, 0x1.46c4dcp-13f, 0x1.6defc2p-20f, 0.0f, 0x1.982cdep-2f, 0x1.b019eap-3f, 0x1.95377cp-4f,
     0x1.15ee74p-5f}, /* c0 */
    {-0x1.be3f9cp-7f, -0x1.3a9d52p-11f, -0x1.bfea92p-18f, 0.0f, -0x1.8b404ep-2f, -0x1.27ee6ep-2f, -0x1.649af2p-3f,
     -0x1.348162p-4f}, /* c1 */
    {0x1.21f49p-6f, 0x1.1b8546p-10f, 0x1.068944p-16f, 0.0f, 0x1.963d46p-5f, 0x1.db445cp-4f, 0x1.cb30dp-4f,
     0x1.19a94ap-4f}, /* c2 */
    {-0x1.ac7fe8p-7f, -0x1.3a34p-10f, -0x1.8117fep-16f, 0.0f, 0x1.ec2c1ap-5f, 0x1.18502cp-6f, -0x1.38db88p-6f,
     -0x1.e0109ep-6f}, /* c3 */
    {0x1.6b22f8p-8f, 0x1.d9d0d2p-11f, 0x1.98dc02p-16f, 0.0f, -0x1.8d4942p-7f, -0x1.753136p-6f, -0x1.9aa966p-7f,
     0x1.f5b0dap-10f}, /* c4 */
    {-0x1.a87ddcp-11f, -0x1.f8c656p-12f, -0x1.79161ap-16f, 0.0f, -0x1.0f22ecp-7f, 0x1.12f63ep-10f, 0x1.893b2ep-8f,
     0x1.e31d9cp-9f}, /* c5 */
    {-0x1.7a86cep-12f, 0x1.417202p-13f, 0x1.ced354p-17f, 0.0f, 0x1.0052d4p-9f, 0x1.80d434p-9f, 0x1.4f21fep-12f,
     -0x1.631706p-10f}, /* c6 */
};

/* 1 / (1 + e^v), v = 2 sqrt(2 / pi) (a + 0.044715 a^3); likewise. Errors -27.8, -27.6, -25.9, -27.3, -14.5, -11.2,
 * -3.2, 0. */
const float hk_table_gelu_tanh_fast[8][8] = {
    {0x1.4ed128p1f, 0x1.cf1f4ap1f, 0x1.2a65ccp2f, 0.0f, 0x1.203b62p-2f, 0x1.89d45ap-1f, 0x1.499cap0f,
     0x1.d62e88p0f}, /* centre */
    {0x1.180496p-8f, 0x1.bbf162p-14f, 0x1.c7c83cp-22f, 0.0f, 0x1.8e850cp-2f, 0x1.c493a6p-3f, 0x1.96092ep-4f,
     0x1.0f945p-5f}, /* c0 */
    {-0x1.aaa564p-7f, -0x1.e81ab8p-12f, -0x1.6620fap-19f, 0.0f, -0x1.8893bap-2f, -0x1.2fa1eap-2f, -0x1.64c20ep-3f,
     -0x1.304ee4p-4f}, /* c1 */
    {0x1.1c9c04p-6f, 0x1.ed800ap-11f, 0x1.07d13ep-17f, 0.0f, 0x1.bbf66p-5f, 0x1.d3939p-4f, 0x1.c91e6ap-4f,
     0x1.15ac12p-4f}, /* c2 */
    {-0x1.a67fp-7f, -0x1.2c5758p-10f, -0x1.dbddf2p-17f, 0.0f, 0x1.e35866p-5f, 0x1.442f06p-6f, -0x1.39d222p-6f,
     -0x1.d6f3c2p-6f}, /* c3 */
    {0x1.5ebc2cp-8f, 0x1.e355eep-11f, 0x1.40020ap-16f, 0.0f, -0x1.b722fcp-7f, -0x1.79a81ep-6f, -0x1.8ddb1ep-7f,
     0x1.0f45b6p-9f}, /* c4 */
    {-0x1.80f31ap-11f, -0x1.06c0dap-11f, -0x1.6e31b8p-16f, 0.0f, -0x1.0a512ep-7f, 0x1.66901ap-11f, 0x1.8c0c5ap-8f,
     0x1.ba6906p-9f}, /* c5 */
    {-0x1.70779ap-12f, 0x1.4563fp-13f, 0x1.d8c3f2p-17f, 0.0f, 0x1.0e945ap-9f, 0x1.86f1b4p-9f, 0x1.4dd57ep-13f,
     -0x1.5aca64p-10f}, /* c6 */
};
