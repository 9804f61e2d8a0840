/* The hillock command: what it prints, writes and answers. HK_COMMAND is how to run it, HK_DATA where the networks are.
 */
#include "support.h"

#include <sys/wait.h>
#include <unistd.h>

static char output[65536], errors[2048], folder[] = "/tmp/hillock-test-XXXXXX";

static void read_file(const char *name, char *text, size_t size) {
    char path[64];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    text[fread(text, 1, size - 1, f)] = 0;
    fclose(f);
}

/* Runs the command with arguments; $D is the data folder, $T a scratch folder. The exit status; output and errors are
   filled. */
static int run(const char *arguments) {
    char line[1024];
    snprintf(line, sizeof line, "D=\"$HK_DATA\" T=%s; $HK_COMMAND %s >$T/out 2>$T/err", folder, arguments);
    const int status = system(line);
    read_file("out", output, sizeof output);
    read_file("err", errors, sizeof errors);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void expect_text(const char *text, const char *part) {
    if (!strstr(text, part)) fail_msg("no '%s' in: %s", part, text);
}

static void test_run(void **state) {
    (void)state;
    assert_int_equal(run("run $D/digits.onnx $D/digits.x.npy --labels $D/digits.labels.npy -o $T/y.npy"), 0);
    expect_text(output, "accuracy  97.22 % (350 of 360)");
    expect_text(output, "(360, 64) -> (360, 10)");
    expect_text(output, "17226 parameters");
    expect_text(output, "us a row");
    assert_string_equal(errors, "");
    assert_int_equal(run("run $D/digits.onnx $D/digits.x.npy --batch 7 -o $T/y7.npy && cmp $T/y.npy $T/y7.npy"), 0);
    assert_int_equal(run("run $D/tumor.onnx $D/tumor.x.npy --labels $D/tumor.labels.npy"), 0);
    expect_text(output, "accuracy  98.25 % (112 of 114)");
    assert_int_equal(run("run $D/digits.onnx $T/y.npy"), 1); /* ten columns, not 64 */
    expect_text(errors, "rows of 64 elements");
}

static void test_storage(void **state) {
    (void)state;
    static const char *const types[] = {"f32", "bf16", "f16", "i8"};
    char line[256];
    for (size_t i = 0; i < 4; i++) {
        snprintf(line, sizeof line,
                 "run $D/digits.onnx $D/digits.x.npy --labels $D/digits.labels.npy --storage %s --compare", types[i]);
        assert_int_equal(run(line), 0);
        expect_text(output, "accuracy  97.22 % (350 of 360)");
        expect_text(output, i ? "kept as " : "17226 parameters\n");
        expect_text(output, "360 of 360 decisions the same");
        expect_text(output, i ? "mean " : "largest difference from f32 0, mean 0;");
    }
    assert_int_equal(run("run $D/tumor.onnx $D/tumor.x.npy --storage i8 --calibrate $D/tumor.x.npy --compare"), 0);
    expect_text(output, "114 of 114 decisions the same");
    assert_int_equal(run("run $D/digits.onnx $D/digits.x.npy --labels $D/digits.labels.npy --storage i4 --compare"), 0);
    expect_text(output, "accuracy  97.22 % (350 of 360)");
    expect_text(output, "356 of 360 decisions the same");
}

static void test_info_and_cpu(void **state) {
    (void)state;
    assert_int_equal(run("info $D/tumor.onnx"), 0);
    expect_text(output, "scaling");
    expect_text(output, "30 -> 32");
    expect_text(output, "tanh");
    expect_text(output, "1025 parameters");
    assert_int_equal(run("cpu --check"), 0);
    expect_text(output, "chosen: ");
    expect_text(output, "gives the bits of scalar");
    assert_int_equal(run("cpu; HILLOCK_ISA=scalar $HK_COMMAND cpu"), 0);
    expect_text(output, strstr(output, "chosen: scalar, the best level that this processor")
                            ? "offer"
                            : "chosen: scalar, the best level not above HILLOCK_ISA=scalar");
    assert_int_equal(run("cpu --kernels"), 0);
    expect_text(output, "\ndense_plain_f32 ");
    expect_text(output, "\ngelu_fast_f32 ");
    expect_text(output, "\nlevels not in use\n");
    assert_int_equal(run("cpu --kernels; HILLOCK_ISA=scalar $HK_COMMAND cpu --kernels"), 0);
    expect_text(output, "\ndot_i8                  scalar");
    expect_text(output, "\ntanh_f64                scalar");
    assert_int_equal(run("--help"), 0);
    expect_text(output, "usage: hillock run");
    assert_int_equal(run("--version"), 0);
    expect_text(output, "levels:scalar");
}

static void expect_failure(const char *arguments, int status, const char *part) {
    if (run(arguments) != status) fail_msg("'%s' does not exit with %d", arguments, status);
    if (strncmp(errors, "hillock: ", 9)) fail_msg("'%s' does not start with the command's name", errors);
    expect_text(errors, part);
    const char *end = strchr(errors, '\n');
    assert_true(end && !end[1]); /* one sentence */
}

static void test_wrong_usage(void **state) {
    (void)state;
    expect_failure("", 2, "no command");
    expect_failure("walk", 2, "'walk' is not a command");
    expect_failure("run", 2, "wants a model");
    expect_failure("run a.onnx", 2, "wants a model");
    expect_failure("run a b c", 2, "one model and one file");
    expect_failure("run a b --fast", 2, "no option '--fast'");
    expect_failure("run a b -o", 2, "-o wants a value");
    expect_failure("run a b --batch 0", 2, "--batch wants a number");
    expect_failure("run a b --batch 12x", 2, "--batch wants a number");
    expect_failure("run a b --storage i2", 2, "--storage wants f32, bf16, f16, i8 or i4");
    expect_failure("run a b --calibrate c", 2, "--calibrate wants --storage i8");
    expect_failure("info", 2, "one model");
    expect_failure("cpu --all", 2, "--check");
}

static void test_failures(void **state) {
    (void)state;
    expect_failure("run nofile.onnx $D/digits.x.npy", 1, "nofile.onnx: cannot be opened");
    expect_failure("run $D/digits.x.npy $D/digits.x.npy", 1, "not an ONNX");
    expect_failure("info $D/README.md", 1, "README.md");
    expect_failure("run $D/digits.onnx nofile.npy", 1, "nofile.npy: cannot be opened");
    expect_failure("run $D/digits.onnx $D/digits.onnx", 1, "is not a NumPy file");
    expect_failure("run $D/digits.onnx $D/tumor.x.npy", 1, "rows of 64 elements");
    expect_failure("run $D/digits.onnx $D/digits.labels.npy", 1, "integers");
    expect_failure("run $D/digits.onnx $D/digits.x.npy --labels $D/tumor.labels.npy", 1, "360 integer labels");
    expect_failure("run $D/digits.onnx $D/digits.x.npy --labels $D/digits.y.npy", 1, "360 integer labels");
    expect_failure("run $D/digits.onnx $D/digits.x.npy --storage i8 --calibrate $D/tumor.x.npy", 1,
                   "rows of 64 elements");
    expect_failure("run $D/digits.onnx $D/digits.x.npy -o /no/such/y.npy", 1, "/no/such/y.npy");
    assert_int_equal(system("head -c 30000 \"$HK_DATA/digits.onnx\" > /tmp/hillock-cut.onnx"), 0);
    expect_failure("info /tmp/hillock-cut.onnx", 1, "is damaged");
    unlink("/tmp/hillock-cut.onnx");
    if (access("/dev/full", W_OK) == 0) {
        assert_int_equal(
            run("info $D/digits.onnx >/dev/full 2>$T/full; S=$?; grep -q 'standard output' $T/full && exit $S"), 1);
    }
}

static int tear_down(void **state) {
    (void)state;
    char line[64];
    snprintf(line, sizeof line, "rm -rf %s", folder);
    return system(line);
}

int main(void) {
    if (!mkdtemp(folder)) return 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_run), cmocka_unit_test(test_storage),
                                       cmocka_unit_test(test_info_and_cpu), cmocka_unit_test(test_wrong_usage),
                                       cmocka_unit_test(test_failures)};
    return cmocka_run_group_tests(tests, NULL, tear_down);
}
